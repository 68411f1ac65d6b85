"""Keeps the operator busy: as many requests wait or run as may, never more, and what came of each is looked at."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from urllib.parse import quote
from uuid import uuid4

from chaos.verdict import named_ever
from e2e.bucket import Storage
from e2e.classes import class_like_default
from e2e.kubectl import Kubectl, Object, condition
from e2e.space import API, VIEWPORT
from e2e.warm import warm
from e2e.website import Website
from soak.mix import Amid, Asked, Turn, dealt, turn_of, why_twice, why_wrong

LABEL = "kubeshot.dev/soak"
# Of each way of capture: half of all that wait or run.
BACKLOG = 15
WAYS = ("isolated", "warm")
_NAMESPACES = 2
# Everything goes away again; a request stays this long when it is over, which is the least that may be asked for.
_COMMON: Object = {"viewport": VIEWPORT, "deadline": "15m", "ttlAfterFinished": "60s", "retention": "Delete"}


@dataclass(frozen=True, slots=True)
class Stage:
    """What a soak has for itself, by a name that no other has."""

    kubectl: Kubectl
    site: Website
    storage: Storage
    unique: str

    @property
    def namespaces(self) -> list[str]:
        """The namespaces of the requests."""
        return [f"{self.unique}-{number}" for number in range(_NAMESPACES)]

    def class_name(self, way: str) -> str:
        """Return the name of a class."""
        return f"{self.unique}-{way}"

    def requests(self) -> dict[str, Object]:
        """Return the requests that are there, by name."""
        selector = quote(f"{LABEL}={self.unique}", safe="")
        listed = json.loads(self.kubectl.raw(f"/{API}/screenshotrequests?labelSelector={selector}"))
        return {body["metadata"]["name"]: body for body in listed["items"]}

    def stored(self) -> set[str]:
        """Return the keys of all that is stored."""
        return set(self.storage.keys(self.unique, ""))


@contextmanager
def stage(kubectl: Kubectl, site: Website, storage: Storage) -> Iterator[Stage]:
    """Have namespaces, a bucket, and a class of each way that stores there."""
    made = Stage(kubectl, site, storage, f"soak-{uuid4().hex[:6]}")
    storage.make_bucket(made.unique)
    labels = {"pod-security.kubernetes.io/enforce": "restricted", LABEL: made.unique}
    named = [{"name": name, "labels": labels} for name in made.namespaces]
    kubectl.apply(
        *({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata} for metadata in named),
        *(_class(made, way) for way in WAYS),
    )
    try:
        yield made
    finally:
        # What is still there waits for its images to go, which takes its class and its bucket.
        for name in made.namespaces:
            kubectl.run("delete", "shots", "--all", "-n", name, "--timeout=80s")
        kubectl.run("delete", "namespace", *made.namespaces, "--wait=false")
        kubectl.run("delete", "captureclass", *map(made.class_name, WAYS))
        storage.remove_bucket(made.unique)


def _class(stage: Stage, way: str) -> Object:
    def change(spec: Object) -> None:
        spec["storage"]["bucket"] = stage.unique
        spec["limits"] = {**spec.get("limits", {}), "concurrent": 40, "perNamespace": 40, "perHost": 40}
        # One page of the mix needs more than any of them may have.
        spec["pod"]["resources"] = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "640Mi"}}
        spec["pod"]["maxMemory"] = "800Mi"
        if way == "warm":
            warm(maxPods=1, pages=2, idleTimeout="10s")(spec)

    return class_like_default(stage.kubectl, stage.class_name(way), change)


@dataclass
class Load:
    """The requests of a soak. `kept` are the keys of images that stay when their request goes."""

    stage: Stage
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    there: dict[str, Object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with nothing applied."""
        self._open: dict[str, dict[str, Asked]] = {way: {} for way in WAYS}
        self._struck: set[str] = set()
        self._captured_once: list[tuple[Asked, int]] = []
        self._kinds = {way: dealt() for way in WAYS}
        self._numbers, self._namespaces = count(1), cycle(self.stage.namespaces)

    @property
    def ended(self) -> int:
        """How many requests have ended."""
        return self.outcomes.total()

    @property
    def open(self) -> int:
        """How many requests wait or run."""
        return sum(map(len, self._open.values()))

    @property
    def named(self) -> set[str]:
        """The keys that statuses name, or named before their requests went and left the images."""
        return self.kept.union(*(named_ever([body]) for body in self.there.values()))

    def look(self) -> None:
        """See what has become of the requests, and do to them what is to happen amid."""
        self.there = self.stage.requests()
        to_strike: list[Asked] = []
        for asked in [asked for way in self._open.values() for asked in way.values()]:
            match turn_of(asked.kind, self.there.get(asked.name), struck=asked.name in self._struck):
                case Turn.STRIKE:
                    to_strike.append(asked)
                case Turn.ENDED | Turn.GONE:
                    self._end(asked)
        self._strike(to_strike)

    def fill(self) -> None:
        """Apply as many requests as ended since."""
        fresh = [(way, asked) for way in WAYS for asked in self._next(way)]
        for way, asked in fresh:
            self._open[way][asked.name] = asked
        if fresh:
            self.stage.kubectl.apply(*(self._manifest(way, asked) for way, asked in fresh))

    def twice(self) -> list[str]:
        """Return what was done twice, by the site's count of visits."""
        visits = self.stage.site.all_hits()
        told = (why_twice(asked, attempts, visits.get(asked.page, 0)) for asked, attempts in self._captured_once)
        return [why for why in told if why]

    def _next(self, way: str) -> Iterator[Asked]:
        for kind, _ in zip(self._kinds[way], range(BACKLOG - len(self._open[way])), strict=False):
            yield Asked(f"{kind.name}-{next(self._numbers):05}", next(self._namespaces), kind)

    def _end(self, asked: Asked) -> None:
        body, struck = self.there.get(asked.name), asked.name in self._struck
        for way in self._open.values():
            way.pop(asked.name, None)
        if why := why_wrong(asked, body, struck=struck):
            self.wrong.append(why)
        if body is None:
            self.outcomes["deleted"] += 1
            return
        self.outcomes[(condition(body, "Ready") or {}).get("reason", "")] += 1
        if not struck:
            self._captured_once.append((asked, len(body["status"].get("attempts", ()))))
        if body["spec"]["retention"] == "Retain":
            self.kept |= named_ever([body])

    def _strike(self, all_asked: Iterable[Asked]) -> None:
        for asked in all_asked:
            self._struck.add(asked.name)
            place = (asked.name, "-n", asked.namespace)
            if asked.kind.amid is Amid.DELETION:
                self.stage.kubectl.run("delete", "shot", *place, "--wait=false", "--ignore-not-found")
            else:
                change = json.dumps({"spec": {"url": self.stage.site.url(f"/good?changed={asked.name}")}})
                self.stage.kubectl.run("patch", "shot", *place, "--type=merge", f"--patch={change}")

    def _manifest(self, way: str, asked: Asked) -> Object:
        labels = {LABEL: self.stage.unique}
        spec = {**_COMMON, "captureClassName": self.stage.class_name(way), **asked.spec(self.stage.site.url(""))}
        return {
            "apiVersion": "kubeshot.dev/v1alpha1",
            "kind": "ScreenshotRequest",
            "metadata": {"name": asked.name, "namespace": asked.namespace, "labels": labels},
            "spec": spec,
        }
