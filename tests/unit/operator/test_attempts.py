"""How often, when, and with how much memory a run is tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.model import Attempt
from kubeshot_operator.decide.attempts import NextAttempt, next_memory, plan_attempt, why_no_retry
from kubeshot_operator.decide.pod_state import Failed, FailureKind
from unit.operator.builders import MEBIBYTE, NOW, make_attempt, make_claim, make_class

KINDS = {
    Reason.CONNECTION_FAILED: FailureKind.TRANSIENT,
    Reason.OUT_OF_MEMORY: FailureKind.MEMORY,
    Reason.EVICTED: FailureKind.INFRASTRUCTURE,
    Reason.POD_LOST: FailureKind.INFRASTRUCTURE,
    Reason.HTTP_ERROR: FailureKind.FINAL,
}


def attempts(*reasons: Reason) -> tuple[Attempt, ...]:
    return tuple(make_attempt(index, reason) for index, reason in enumerate(reasons, start=1))


def no_retry_after(*reasons: Reason, limit: int = 2) -> str | None:
    return why_no_retry(Failed(reasons[-1], "", KINDS[reasons[-1]]), attempts(*reasons), make_class(), limit)


C, M, E, L, H = KINDS


@pytest.mark.parametrize(
    ("reasons", "limit", "told"),
    [
        ((C,), 2, None),
        ((C, C), 2, None),
        ((C, C, C), 2, "3 of 3 attempts were made"),
        ((C,), 0, "1 of 1 attempts were made"),
        ((E, C), 1, None),
        ((E, L, C, E, C), 1, "2 of 2 attempts were made"),
        ((E,), 0, None),
        ((E, L, E, L), 0, None),
        ((E, L, E, L, E), 10, "the cluster ended 5 attempts"),
        ((M,), 2, None),
        ((M,), 0, None),
        ((M, C, M), 0, None),
        ((C, M, E, C), 1, "2 of 2 attempts were made"),
        ((M, M, M, M), 0, None),
        ((M, M, C, M, M, M), 10, "5 attempts ran out of memory"),
        ((H,), 10, "trying again would not help"),
    ],
    ids=lambda value: "+".join(item.value for item in value) if isinstance(value, tuple) else None,
)
def test_budget(reasons: tuple[Reason, ...], limit: int, told: str | None) -> None:
    assert no_retry_after(*reasons, limit=limit) == told


def test_memory_failure_at_the_maximum_ends_the_run() -> None:
    full = (make_attempt(1, Reason.OUT_OF_MEMORY, memory_limit=2048 * MEBIBYTE),)
    failure = Failed(Reason.OUT_OF_MEMORY, "", FailureKind.MEMORY)
    assert why_no_retry(failure, full, make_class(), 10) == "the class allows no more than 2048Mi"


@given(st.lists(st.sampled_from([C, M, E, L]), min_size=30, max_size=30), st.integers(0, 10))
def test_every_run_ends_within_the_twenty_attempts_that_the_status_holds(reasons: list[Reason], limit: int) -> None:
    made = next(count for count in range(1, 31) if no_retry_after(*reasons[:count], limit=limit) is not None)
    assert made <= 20


@pytest.mark.parametrize(
    ("before", "after"),
    [(768, 1152), (1152, 1728), (1728, 2048), (2048, 2048)],
    ids=["half as much again", "and again", "up to the maximum", "never above"],
)
def test_memory_grows(before: int, after: int) -> None:
    last = make_attempt(1, Reason.OUT_OF_MEMORY, memory_limit=before * MEBIBYTE)
    assert next_memory(last, make_class()) == after * MEBIBYTE


def test_memory_stays_after_another_failure() -> None:
    last = make_attempt(2, Reason.CONNECTION_FAILED, memory_limit=1152 * MEBIBYTE)
    assert next_memory(last, make_class()) == 1152 * MEBIBYTE


def test_first_attempt_is_due_at_once_with_the_memory_of_the_class() -> None:
    assert plan_attempt((), make_class(), NOW) == NextAttempt(1, 768 * MEBIBYTE, NOW)


@pytest.mark.parametrize(
    ("ended", "remembered", "memory"),
    [
        ((), 1152, 1152),
        ((), 4096, 2048),
        ((), 512, 768),
        ((make_attempt(1, Reason.EVICTED),), 1152, 1152),
        ((make_attempt(1, Reason.OUT_OF_MEMORY, memory_limit=1152 * MEBIBYTE),), 1152, 1728),
        ((make_claim(1, reason=Reason.OUT_OF_MEMORY, end_time=NOW),), 1152, 1152),
    ],
    ids=[
        "first attempt",
        "above what the class allows",
        "less than what the class gives",
        "learnt meanwhile",
        "not enough",
        "in a pod with others",
    ],
)
def test_attempt_starts_with_what_the_host_needed(ended: tuple[Attempt, ...], remembered: int, memory: int) -> None:
    due = plan_attempt(ended, make_class(), NOW, remembered * MEBIBYTE)
    assert due.memory == memory * MEBIBYTE


@pytest.mark.parametrize(
    ("reasons", "seconds"),
    [
        ((C,), 2),
        ((C, C), 4),
        ((C, C, C), 8),
        ((C,) * 9, 30),
        ((E, L, C), 2),
        ((C, E), 0),
        ((C, M), 0),
    ],
    ids=["first", "second", "third", "never above 30 s", "the cluster's do not count", "lost pod", "memory"],
)
def test_pause_before_the_next_attempt(reasons: tuple[Reason, ...], seconds: int) -> None:
    due = plan_attempt(attempts(*reasons), make_class(), NOW)
    assert (due.index, due.not_before) == (len(reasons) + 1, NOW + timedelta(seconds=seconds))


def test_a_clock_that_was_stepped_back_makes_no_pause_longer() -> None:
    ended = replace(make_attempt(1, C), end_time=NOW + timedelta(hours=1))
    assert plan_attempt((ended,), make_class(), NOW).not_before == NOW
