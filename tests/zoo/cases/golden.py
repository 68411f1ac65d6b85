"""Cases whose whole picture is compared with a stored one."""

from zoo.case import Case, Where
from zoo.checks import settles

_SHOWN = {
    "latin": "Latin letters",
    "cjk": "Chinese, Japanese, Korean",
    "emoji": "emoji",
    "rtl": "right to left",
    "form": "a form",
}

CASES = tuple(
    Case(
        f"golden-{name}",
        f"the picture is the stored one: {shown}",
        f"/golden/{name}",
        settles,
        {"viewport": {"width": 320, "height": 200}},
        golden=True,
        where=Where.CLUSTER,
    )
    for name, shown in _SHOWN.items()
)
