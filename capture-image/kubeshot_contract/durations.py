"""Durations as Kubernetes writes them: `500ms`, `1m30s`."""

import re
from typing import Final

_DURATION: Final = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h))+")
_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_MILLISECONDS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}


def parse_milliseconds(text: str) -> int:
    """Return a duration in milliseconds; raise `ValueError` when it is none."""
    if _DURATION.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a duration, such as 500ms or 1m30s")
    return round(sum(float(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(text)))
