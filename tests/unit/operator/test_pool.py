"""How many warm pods are wanted, when a pool does not work, and which pods go."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from kubeshot_contract.dispatch import WarmEnd, WarmEndReason, encode_warm_end
from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.decide.observation import MissingClass
from kubeshot_operator.decide.pool import (
    PoolSeen,
    Tidying,
    concerns_all,
    held_up,
    is_broken,
    missing_pods,
    serves,
    tidy,
    wanted_pods,
)
from unit.operator.builders import NOW, after, make_class, make_end, make_warm, make_warm_class

CLASS = make_warm_class()
STARTING = make_warm(phase="Pending", started=None)
GONE = MissingClass("there is no CaptureClass default")


def ended(message: str = "", exit_code: int = 0, seconds: float = 60, **changes: Any) -> WarmPod:
    """Return a pod that ended after so many seconds."""
    end = make_end(message, exit_code, finished=after(seconds))
    return make_warm(**{"phase": "Failed" if exit_code else "Succeeded", "termination": end, **changes})


def told(captures: int, reason: WarmEndReason) -> str:
    return encode_warm_end(WarmEnd(captures, reason))


def seen(*pods: WarmPod, claimed: int = 0, now: datetime = NOW) -> PoolSeen:
    return PoolSeen(make_warm().owner, CLASS, pods, claimed, now)


@pytest.mark.parametrize(
    ("waiting", "claimed", "wanted"),
    [(0, 0, 0), (1, 0, 1), (2, 0, 1), (3, 0, 2), (1, 2, 2), (0, 4, 2), (16, 0, 8), (1000, 16, 8)],
)
def test_pods_are_as_many_as_the_work_calls_for(waiting: int, claimed: int, wanted: int) -> None:
    assert wanted_pods(waiting + claimed, CLASS) == wanted


@pytest.mark.parametrize("limit", ["concurrent", "perNamespace"])
def test_pods_are_not_more_than_the_limits_of_the_class_can_use(limit: str) -> None:
    limited = make_class(reuse={"mode": "Warm"}, limits={limit: 3})
    assert wanted_pods(1000, limited) == 2


@pytest.mark.parametrize(
    ("most", "missing"), [(1, -1), (2, 0), (3, 1), (8, 4)], ids=["one", "two", "one more", "as many as can be used"]
)
def test_pod_that_leaves_is_replaced_as_far_as_there_may_be_more(most: int, missing: int) -> None:
    limited = make_warm_class(maxPods=most)
    pool = replace(seen(make_warm(leaving=True), make_warm(name="two")), capture_class=limited)
    assert missing_pods(pool, 10) == missing


@pytest.mark.parametrize(
    ("pod", "capture_class", "expected"),
    [
        (make_warm(), CLASS, True),
        (STARTING, CLASS, True),
        (make_warm(deleting=True), CLASS, False),
        (make_warm(leaving=True), CLASS, False),
        (ended(), CLASS, False),
        (make_warm(), make_class(), False),
        (make_warm(), GONE, False),
        (make_warm(), make_class(generation=2, reuse={"mode": "Warm"}), False),
        (make_warm(class_uid="one before"), CLASS, False),
    ],
    ids=["runs", "starts", "is to go", "leaves", "ended", "never", "no class", "class changed", "class made anew"],
)
def test_pod_serves_as_long_as_it_is_what_the_class_asks_for(
    pod: WarmPod, capture_class: CaptureClass | MissingClass, expected: bool
) -> None:
    assert serves(pod, capture_class) is expected


IMAGE_WRONG = make_warm(phase="Pending", started=None, waiting_reason="InvalidImageName")
USELESS = [
    (IMAGE_WRONG, True),
    (make_warm(phase="Pending", started=None, waiting_reason="ErrImagePull"), False),
    (ended("", 32, seconds=1), True),
    (ended("", 137, seconds=60), False),
    (ended(told(0, WarmEndReason.BROWSER_FAILED), 1, seconds=60), True),
    (ended(told(0, WarmEndReason.UNREACHABLE)), True),
    (ended(told(0, WarmEndReason.REFUSED)), True),
    (ended(told(9, WarmEndReason.UNREACHABLE)), False),
    (ended(told(0, WarmEndReason.IDLE), seconds=1), False),
    (ended("", 1, seconds=1, deleting=True), False),
    (make_warm(phase="Failed", reason="Evicted", started=None), True),
    (ended("", 32, seconds=1, generation=2), False),
    (make_warm(), False),
]


@pytest.mark.parametrize(("pod", "broken"), USELESS)
def test_pool_is_broken_when_a_pod_was_of_no_use(pod: WarmPod, broken: bool) -> None:
    assert is_broken(seen(pod)) is broken


def test_what_keeps_the_first_pod_from_starting_is_told() -> None:
    unschedulable = make_warm(phase="Pending", started=None, unschedulable="0/1 nodes are available")
    held = held_up(seen(unschedulable))
    assert held is not None
    assert (held.reason, "0/1 nodes" in held.message) == (Reason.UNSCHEDULABLE, True)
    assert held_up(seen(unschedulable, make_warm(name="default-warm-2"))) is None, "another serves"
    assert held_up(seen(STARTING)) is None
    assert held_up(seen()) is None


def test_as_many_look_again_as_pods_are_missing_and_all_when_none_can_start() -> None:
    assert (concerns_all(seen()), missing_pods(seen(), 10)) == (False, 5)
    assert (concerns_all(seen(make_warm())), missing_pods(seen(make_warm(), claimed=2), 10)) == (False, 5)
    assert concerns_all(seen(IMAGE_WRONG))


def test_pod_that_ended_is_deleted_when_it_has_given_its_claims_back() -> None:
    pod = ended(told(50, WarmEndReason.MAX_CAPTURES))
    assert tidy(seen(pod, make_warm(name="other")), {}, 0).delete == (pod.name,)
    waiting = tidy(seen(pod), {pod.name: 1}, 0)
    assert (waiting.delete, waiting.wake_at) == ((), after(2))


def test_pod_that_was_of_no_use_is_kept_for_a_minute() -> None:
    pod = ended("", 32, seconds=1)
    early, late = tidy(seen(pod, now=after(2)), {}, 0), tidy(seen(pod, now=after(61)), {}, 0)
    assert (early.delete, early.wake_at) == ((), after(61))
    assert (late.delete, late.wake_at) == ((pod.name,), None)


def test_pod_that_takes_long_to_begin_goes_when_nobody_waits_for_it() -> None:
    assert tidy(seen(STARTING), {}, 0) == Tidying((), after(120))
    assert tidy(seen(STARTING, now=after(120)), {}, 0).delete == (STARTING.name,)
    assert tidy(seen(STARTING, now=after(120)), {}, 1) == Tidying((), after(240))


@pytest.mark.parametrize(
    ("pod", "capture_class", "deleted"),
    [
        (STARTING, GONE, True),
        (STARTING, CLASS, False),
        (IMAGE_WRONG, CLASS, False),
        (IMAGE_WRONG, make_class(generation=2, reuse={"mode": "Warm"}), True),
        (make_warm(), GONE, False),
        (ended(deleting=True), CLASS, False),
    ],
    ids=["never heard of it", "starts", "waits for its image", "image was mended", "drains", "is deleted already"],
)
def test_pod_that_does_nothing_for_its_class_goes(
    pod: WarmPod, capture_class: CaptureClass | MissingClass, deleted: bool
) -> None:
    assert bool(tidy(replace(seen(pod), capture_class=capture_class), {}, 0).delete) is deleted


def test_without_its_class_a_pool_lacks_nothing() -> None:
    assert missing_pods(replace(seen(), capture_class=GONE), 10) == 0
