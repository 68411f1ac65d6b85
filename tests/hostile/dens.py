"""Where hostile pages are captured: real pods of both kinds, each in a network that is the suite's."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from e2e.classes import MakeClass
from e2e.groups import find_groups
from e2e.kubectl import Kubectl, Object
from e2e.space import Shot, Space, is_running
from e2e.warm import warm
from e2e.website import Website
from hostile.underworlds import Report, Surroundings, Underworld

DNS = ("-n", "kube-system")
COMMON: dict[str, Any] = {"wait": {"timeout": "50s", "expression": "window.over !== false"}, "retry": {"limit": 0}}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A request that is over, and what was counted while it was captured."""

    shot: Shot
    report: Report


@dataclass(frozen=True, slots=True)
class Stage:
    """What dens have in common: the friendly site, classes, what pods may go on to see, the hostile site's folder."""

    site: Website
    make_class: MakeClass
    surroundings: Surroundings
    folder: Path


class Den(Protocol):
    """Captures pages in pods whose network is watched."""

    name: str
    space: Space
    class_name: str

    def capture(self, url: str, **spec: Any) -> Outcome:
        """Capture a page to its end, good or bad."""
        ...

    def close(self) -> None:
        """Leave nothing behind."""
        ...


class IsolatedDen:
    """A pod for each page: it is held at a gate of the friendly site until its network is changed, then led on."""

    name = "isolated"

    def __init__(self, stage: Stage, space: Space) -> None:
        self.space = space
        self.class_name = stage.make_class(patient)
        self._stage = stage

    def capture(self, url: str, **spec: Any) -> Outcome:
        name = f"hostile-{next(_numbers)}"
        gate, site = f"{self.space.namespace}-{name}", self._stage.site
        site.close(gate)
        way = site.url(f"/lead/{gate}?to={quote(url, safe='')}")
        shot = self.space.request(name, way, captureClassName=self.class_name, **{**COMMON, **spec})
        with _changed(shot, self._stage) as underworld:
            site.open(gate)
            shot.until("Succeeded", "Failed", within=200)
            return Outcome(shot, underworld.report())

    def close(self) -> None:
        """Each pod has gone by itself."""


class WarmDen:
    """One warm pod for all pages, whose network is changed while it captures a page of the friendly site."""

    name = "warm"

    def __init__(self, stage: Stage, space: Space) -> None:
        self.space = space
        self.class_name = stage.make_class(patient_and_warm)
        gate = f"{space.namespace}-first"
        stage.site.close(gate)
        first = space.request("first", stage.site.url(f"/gate/{gate}"), captureClassName=self.class_name, **COMMON)
        self._rest = ExitStack()
        self._underworld = self._rest.enter_context(_changed(first, stage))
        stage.site.open(gate)
        first.until("Succeeded", within=90)
        self._pod = first.attempts[0]["podName"]

    def capture(self, url: str, **spec: Any) -> Outcome:
        self._underworld.clear()
        name = f"hostile-{next(_numbers)}"
        shot = self.space.request(name, url, captureClassName=self.class_name, **{**COMMON, **spec})
        shot.until("Succeeded", "Failed", within=200)
        assert {attempt["podName"] for attempt in shot.attempts} == {self._pod}, "it was captured where it is watched"
        return Outcome(shot, self._underworld.report())

    def close(self) -> None:
        self._rest.close()


def patient(spec: Object) -> None:
    """Give each attempt the time that a page needs which tries hundreds of ways."""
    spec["limits"]["attemptTimeout"] = "3m"


def patient_and_warm(spec: Object) -> None:
    """Have one warm pod besides, which stays for all pages."""
    patient(spec)
    warm(maxPods=1, pages=1, idleTimeout="300s", maxAge="30m", maxCaptures=200)(spec)


@contextmanager
def _changed(shot: Shot, stage: Stage) -> Iterator[Underworld]:
    """Change the network of a request's pod as soon as it runs."""
    pod = shot.until_pod(is_running)
    uid = shot.space.pod_states(pod)[-1]["metadata"]["uid"]
    groups = find_groups()
    process = next(groups.members(groups.pods()[uid]))
    underworld = Underworld(process, stage.surroundings, stage.folder)
    try:
        yield underworld
    finally:
        underworld.close()


def surroundings_of(kubectl: Kubectl) -> Surroundings:
    """Return what of a cluster pods may go on to see."""
    resolver = kubectl.get("service", "kube-dns", *DNS)["spec"]["clusterIP"]
    slices = kubectl.items("endpointslices", *DNS, "-l", "kubernetes.io/service-name=kube-dns")
    [upstream] = {
        (address, port["port"])
        for found in slices
        for endpoint in found["endpoints"]
        for address in endpoint["addresses"]
        for port in found["ports"]
    }
    networks = [cidr for found in kubectl.items("servicecidrs") for cidr in found["spec"]["cidrs"]]
    return Surroundings(resolver, upstream, tuple(cidr for cidr in networks if ":" not in cidr))
