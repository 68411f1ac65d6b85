"""What is asked for: good pages and bad ones, in fixed parts, and requests that are deleted or changed amid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import cycle
from random import Random

from chaos.verdict import Page, Seen, why_doubled
from e2e.kubectl import Object, condition

ENDED = ("Succeeded", "Failed")
# Never two of a kind in a row, for long: dealt like cards, and every time in the same order.
_SEED = 6


class Amid(Enum):
    """What happens to a request while its page is captured."""

    NOTHING = auto()
    DELETION = auto()
    CHANGE = auto()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: how often of 40, the reason with which it ends, its page (a path is the site's)."""

    name: str
    times: int
    ends: str
    page: str | None = "/good?of={name}"
    spec: Mapping[str, object] = field(default_factory=dict)
    amid: Amid = Amid.NOTHING


_SUCCEEDED = "Succeeded"
# A page without anything in it may be white.
_COVERED = "<p>Figures</p><canvas style='position:fixed;inset:0;width:100vw;height:100vh;background:#fff'></canvas>"
_ONCE = {"retry": {"limit": 0}}
_TWO_OUTPUTS = [{"name": "window"}, {"name": "page", "area": "FullPage", "format": "JPEG"}]

KINDS = (
    Kind("good", 17, _SUCCEEDED),
    Kind("slow", 3, _SUCCEEDED, "/slow?seconds=2&of={name}"),
    Kind("two-outputs", 3, _SUCCEEDED, spec={"outputs": _TWO_OUTPUTS}),
    Kind("kept", 3, _SUCCEEDED, spec={"retention": "Retain"}),
    Kind("deleted", 2, _SUCCEEDED, "/slow?seconds=5&of={name}", amid=Amid.DELETION),
    Kind("changed", 3, _SUCCEEDED, "/slow?seconds=4&of={name}", amid=Amid.CHANGE),
    Kind("missing", 3, "HTTPError", "/status/404?of={name}"),
    Kind("busy", 1, "HTTPError", "/status/503?of={name}", spec={"retry": {"limit": 1}}),
    # A host of its own each time.
    Kind("nowhere", 2, "NameNotResolved", "http://{name}.invalid/", _ONCE),
    Kind("blank", 1, "BlankImage", None, spec={"html": _COVERED, **_ONCE}),
    Kind("hangs", 1, "NavigationTimeout", "/never?of={name}", spec={"wait": {"timeout": "5s"}, **_ONCE}),
    Kind("hungry", 1, "OutOfMemory", "/memory?mib=1200&of={name}"),
)


def dealt() -> Iterator[Kind]:
    """Yield kinds for ever, in the order in which they are asked for."""
    cards = [kind for kind in KINDS for _ in range(kind.times)]
    Random(_SEED).shuffle(cards)
    return cycle(cards)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that was applied."""

    name: str
    namespace: str
    kind: Kind

    @property
    def page(self) -> str:
        """The page that it asks for; empty when it brings its own."""
        return (self.kind.page or "").format(name=self.name)

    def spec(self, address: str) -> Object:
        """Return what its kind makes of its spec; `address` is the site's."""
        url = address + self.page if self.page.startswith("/") else self.page
        return {**({"url": url} if url else {}), **self.kind.spec}


class Turn(Enum):
    """What is to be done about a request that was applied."""

    WAIT = auto()
    STRIKE = auto()
    """Delete or change it now."""
    ENDED = auto()
    GONE = auto()


def turn_of(kind: Kind, body: Object | None, *, struck: bool) -> Turn:
    """Return whose turn it is: ours, the operator's, or nobody's any more."""
    if body is None or "deletionTimestamp" in body["metadata"]:
        return Turn.GONE if body is None else Turn.WAIT
    status = body.get("status", {})
    if status.get("observedGeneration") != body["metadata"]["generation"]:
        return Turn.WAIT
    if status.get("phase") in ENDED:
        return Turn.ENDED
    if status.get("phase") == "Capturing" and kind.amid is not Amid.NOTHING and not struck:
        return Turn.STRIKE
    return Turn.WAIT


def why_wrong(asked: Asked, body: Object | None, *, struck: bool) -> str | None:
    """Return in which way a request that is over did not end as it should have; `None` is one that is gone."""
    if body is None:
        return None if struck and asked.kind.amid is Amid.DELETION else f"{asked.name} was gone before its end"
    ready = condition(body, "Ready") or {}
    if ready.get("reason") != asked.kind.ends:
        return f"{asked.name} ended as {ready.get('reason')}, not {asked.kind.ends} ({ready.get('message')})"
    runs = 2 if struck and asked.kind.amid is Amid.CHANGE else 1
    if body["status"]["run"] != runs:
        return f"{asked.name} ended in run {body['status']['run']}, not {runs}"
    return None


def why_twice(asked: Asked, attempts: int, visits: int) -> str | None:
    """Return in which way a request in one run did something twice, if so."""
    status = {"run": 1, "attempts": [{}] * attempts}
    seen = Seen({"metadata": {"name": asked.name}, "status": status}, Page(asked.page), visits)
    return why_doubled(seen, once=False)
