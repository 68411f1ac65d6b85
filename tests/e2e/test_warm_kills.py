"""Warm pods, browsers, operator and storage are killed in the middle: nothing is lost, and nothing made twice."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from e2e.bucket import Storage
from e2e.classes import MakeClass
from e2e.eventually import eventually
from e2e.kubectl import Kubectl
from e2e.plug import Plug
from e2e.sizes import Sizes
from e2e.space import OPERATOR, OPERATOR_NAMESPACE, Shot, Space
from e2e.warm import kill_browser, pods_of, running_warm_pods, until_no_pods, warm
from e2e.website import Website

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def warm_class(make_class: MakeClass) -> str:
    """A class with warm pods."""
    return make_class(warm())


@dataclass(frozen=True, slots=True)
class Work:
    """Requests of which some are done, some under way, and some wait."""

    kubectl: Kubectl
    space: Space
    site: Website
    shots: dict[str, Shot]
    held: Shot
    """The request that is under way for as long as its gate is closed."""

    def open_gate(self) -> None:
        """Let it go on."""
        self.site.open(self.space.namespace)

    def ended(self) -> int:
        """Return how many have ended."""
        phases = (body["status"].get("phase") for body in self.space.last_states().values())
        return sum(phase in ("Succeeded", "Failed") for phase in phases)

    def finish(self, within: float) -> None:
        """Let all come to their end, and wait until no pod is left."""

        def over() -> bool:
            assert self.ended() == len(self.shots), f"{self.ended()} of {len(self.shots)} have ended"
            return True

        eventually(over, within=within, what="all requests have ended", interval=1.0)
        until_no_pods(self.space)

    def reasons(self) -> list[str | None]:
        """Return how the attempts of the one that was held ended."""
        return [attempt.get("reason") for attempt in self.held.attempts]


@pytest.fixture
def work(kubectl: Kubectl, space: Space, site: Website, warm_class: str, sizes: Sizes) -> Iterator[Work]:
    """The requests, when about half of them have ended."""
    names = [f"kill-{n:03}" for n in range(sizes.kills)]
    pages = {name: f"/good?of={space.namespace}-{name}" for name in names}
    # One is certainly under way: its page waits at a gate until the blow has fallen. It would not wait for ever, so its
    # turn is in the middle.
    middle = sizes.kills // 2
    held = names[middle]
    pages[held] = f"/gate/{space.namespace}"
    site.close(space.namespace)
    common = {"captureClassName": warm_class, "deadline": sizes.deadline, "wait": {"timeout": "60s"}}
    shots = space.requests({name: {"url": site.url(path), **common} for name, path in pages.items()})
    made = Work(kubectl, space, site, shots, shots[held])
    made.held.until("Capturing", within=sizes.seconds)
    eventually(lambda: site.hits(pages[held]), within=30, what="the browser is at the gate")
    eventually(lambda: made.ended() >= middle * 3 // 4, within=sizes.seconds, what="those before it have ended")
    yield made
    made.open_gate()


def ends_well(work: Work, storage: Storage) -> None:
    """Check that all succeeded in their first run, and that the bucket holds what the statuses tell, to the byte."""
    statuses = [shot.status for shot in work.shots.values()]
    assert {(status["phase"], status["run"]) for status in statuses} == {("Succeeded", 1)}
    outputs = [output for status in statuses for output in status["outputs"]]
    assert storage.keys("screenshots", f"{work.space.namespace}/") == sorted(output["key"] for output in outputs)
    digests = [hashlib.sha256(storage.download("screenshots", output["key"]).content) for output in outputs]
    assert [digest.hexdigest() for digest in digests] == [output["sha256"] for output in outputs]


def test_warm_pods_that_are_killed_give_their_work_back(work: Work, storage: Storage, sizes: Sizes) -> None:
    victims = running_warm_pods(work.space)
    assert work.ended() < sizes.kills
    force = ("--grace-period=0", "--force", "--wait=false")
    work.kubectl.run("delete", "pods", *victims, "-n", work.space.namespace, *force)
    eventually(lambda: len(work.held.attempts) == 2, within=40, what="the one that was held is captured anew")
    work.open_gate()
    work.finish(sizes.seconds)
    ends_well(work, storage)
    assert work.reasons() == ["PodLost", None]
    assert pods_of(work.held)[0] in victims
    assert pods_of(work.held)[1] not in victims


def test_browsers_that_are_killed_are_replaced(work: Work, storage: Storage, sizes: Sizes) -> None:
    for pod in running_warm_pods(work.space):
        assert kill_browser(work.kubectl, work.space, pod)
    work.open_gate()
    work.finish(sizes.seconds)
    ends_well(work, storage)
    assert work.reasons() == ["RendererCrashed", None]


def test_an_operator_that_is_killed_takes_up_what_was_under_way(work: Work, storage: Storage, sizes: Sizes) -> None:
    pod = pods_of(work.held)
    work.kubectl.replace_pods(OPERATOR_NAMESPACE, OPERATOR)
    work.open_gate()
    work.finish(sizes.seconds)
    ends_well(work, storage)
    assert (work.reasons(), pods_of(work.held)) == ([None], pod)
    assert work.site.hits(f"/gate/{work.space.namespace}") == 1


def test_a_capture_that_ends_without_an_operator_is_told_to_the_next_one(
    work: Work, storage: Storage, sizes: Sizes
) -> None:
    selector = ("-n", OPERATOR_NAMESPACE, "-l", OPERATOR, "--grace-period=0", "--force", "--wait=false")
    work.kubectl.run("delete", "pods", *selector)
    work.open_gate()
    work.finish(sizes.seconds)
    ends_well(work, storage)
    assert work.reasons() == [None]
    assert work.site.hits(f"/gate/{work.space.namespace}") == 1


def test_nothing_is_lost_while_the_storage_is_away(
    work: Work, storage: Storage, unreachable_storage: Plug, sizes: Sizes
) -> None:
    unreachable_storage.pull()
    before = sum(work.site.all_hits().values())
    work.open_gate()

    def is_felt() -> bool:
        visits = sum(work.site.all_hits().values()) - before
        return visits >= 3 or any(shot.reason == "StorageUnavailable" for shot in work.shots.values())

    try:
        eventually(is_felt, within=60, what="pages are captured that can't be stored")
    finally:
        unreachable_storage.put_back()
    work.finish(sizes.seconds)
    ends_well(work, storage)
