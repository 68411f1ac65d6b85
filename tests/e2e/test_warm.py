"""Requests of two namespaces at once, taken by warm pods: all are captured, in order, and no pod is left."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from e2e.bucket import Storage
from e2e.classes import MakeClass
from e2e.eventually import eventually
from e2e.gauges import Gauges, Reading
from e2e.kubectl import Kubectl, Object
from e2e.sizes import Sizes
from e2e.space import MakeSpace, Space
from e2e.warm import until_no_pods, warm, warm_pods_ever
from e2e.website import Website

pytestmark = pytest.mark.alone

MAX_PODS = 2
# One in so many requests is of the namespace that has little to do.
SMALL = 5
PER_CALL = 250


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of it: the larger and the smaller namespace, each request as it was at the end, and the memory."""

    larger: Space
    smaller: Space
    ends: dict[str, dict[str, Object]]
    memory: dict[str, list[Reading]]

    @property
    def statuses(self) -> list[Object]:
        """The status of every request."""
        return [body["status"] for space in (self.larger, self.smaller) for body in self.ends[space.namespace].values()]


@pytest.fixture(scope="module")
def applied(kubectl: Kubectl, make_space: MakeSpace, site: Website, make_class: MakeClass, sizes: Sizes) -> "Applied":
    """A class with warm pods, of which some follow others, and the namespaces."""
    class_name = make_class(warm(maxPods=MAX_PODS, maxCaptures=max(15, sizes.burst // 20)))
    return Applied(kubectl, site, class_name, make_space(), make_space(), sizes.deadline)


@dataclass(frozen=True, slots=True)
class Applied:
    """Applies requests, and waits for them."""

    kubectl: Kubectl
    site: Website
    class_name: str
    larger: Space
    smaller: Space
    deadline: str

    def apply(self, space: Space, many: int) -> None:
        """Apply so many requests, in as few calls as kubectl can end in time."""
        path = f"/good?of={space.namespace}-"
        for first in range(0, many, PER_CALL):
            names = [f"burst-{n:04}" for n in range(first, min(first + PER_CALL, many))]
            common = {"captureClassName": self.class_name, "deadline": self.deadline}
            space.requests({name: {"url": self.site.url(path + name), **common} for name in names})

    def until_over(self, gauges: Gauges, many: int, within: float) -> None:
        """Wait until so many requests have ended; look at the pods meanwhile."""

        def over() -> bool:
            gauges.look()
            phases = [phase_of(body) for space in (self.larger, self.smaller) for body in space.last_states().values()]
            ended = sum(phase in ("Succeeded", "Failed") for phase in phases)
            assert ended == many, f"{ended} of {many} have ended"
            return True

        eventually(over, within=within, what="all requests have ended", interval=1.0)


def phase_of(body: Object) -> str:
    return str(body["status"].get("phase", ""))


@pytest.fixture(scope="module")
def burst(applied: Applied, sizes: Sizes) -> Iterator[Burst]:
    """All requests, when they are over and no pod is left."""
    few = sizes.burst // SMALL
    with closing(Gauges(applied.kubectl, applied.larger, applied.smaller)) as gauges:
        applied.apply(applied.larger, sizes.burst - few)
        applied.apply(applied.smaller, few)
        applied.until_over(gauges, sizes.burst, within=sizes.seconds)
        spaces = (applied.larger, applied.smaller)
        ends = {space.namespace: space.last_states() for space in spaces}
        for space in spaces:
            until_no_pods(space)
        yield Burst(*spaces, ends, gauges.readings())


def test_every_request_succeeds_at_once(burst: Burst, sizes: Sizes) -> None:
    ends = [(status["phase"], status["run"], len(status["attempts"])) for status in burst.statuses]
    assert ends == [("Succeeded", 1, 1)] * sizes.burst
    assert [status["verdict"]["settled"] for status in burst.statuses] == [True] * sizes.burst


def test_every_page_is_visited_once(burst: Burst, site: Website) -> None:
    visits = site.all_hits()
    paths = [f"/good?of={namespace}-{name}" for namespace, ends in burst.ends.items() for name in ends]
    assert [visits.get(path, 0) for path in paths] == [1] * len(paths)


def test_the_bucket_holds_what_the_statuses_tell_and_nothing_else(burst: Burst, storage: Storage) -> None:
    stored = [key for namespace in burst.ends for key in storage.keys("screenshots", f"{namespace}/")]
    assert sorted(stored) == sorted(status["storageKey"] for status in burst.statuses)
    outputs = [output for status in burst.statuses for output in status["outputs"]]
    wrong = [
        output["key"]
        for output in outputs
        if hashlib.sha256(storage.download("screenshots", output["key"]).content).hexdigest() != output["sha256"]
    ]
    assert wrong == []


def test_warm_pods_take_them_all_and_are_no_more_than_allowed(burst: Burst) -> None:
    for space in (burst.larger, burst.smaller):
        used = {body["status"]["attempts"][0]["podName"] for body in burst.ends[space.namespace].values()}
        assert used <= warm_pods_ever(space)
        assert space.pods_ever() == warm_pods_ever(space)
        assert 1 <= space.most_pods_at_once() <= MAX_PODS


def test_the_smaller_namespace_does_not_wait_for_the_larger_one(burst: Burst) -> None:
    def last_end(space: Space) -> str:
        return max(str(body["status"]["completionTime"]) for body in burst.ends[space.namespace].values())

    assert last_end(burst.smaller) < last_end(burst.larger)


def test_who_came_first_is_captured_first(burst: Burst) -> None:
    ends = [body["status"] for body in burst.ends[burst.larger.namespace].values()]
    line = sorted(ends, key=lambda status: str(status["queuedTime"]))
    starts = [str(status["attempts"][0]["startTime"]) for status in line]
    quarter = len(starts) // 4
    assert max(starts[:quarter]) <= min(starts[-quarter:])


def test_no_pod_reaches_its_memory_limit(burst: Burst) -> None:
    read = [reading for readings in burst.memory.values() for reading in readings]
    assert read, "nobody looked"
    assert [reading for reading in read if reading.kills] == []
    assert max(reading.share for reading in read) < 1.0
