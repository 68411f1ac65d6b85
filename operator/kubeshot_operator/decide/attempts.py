"""Whether, when and with how much memory a run is tried again.

Attempts that the cluster ended, those that ran out of memory, and all others have a budget each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.model import Attempt
from kubeshot_operator.api.scalars import format_bytes
from kubeshot_operator.decide.pod_state import Failed, FailureKind

# An attempt that the cluster ended costs no retry, but a cluster that ends them all must not be asked for ever.
MAX_INFRASTRUCTURE_ATTEMPTS = 5
# From 1 GiB this leads to 5 GiB; the class's maximum comes first, as a rule.
MAX_MEMORY_ATTEMPTS = 5
MEMORY_GROWTH = 1.5

_FIRST_BACKOFF = timedelta(seconds=2)
_LONGEST_BACKOFF = timedelta(seconds=30)
_INFRASTRUCTURE_REASONS = frozenset({Reason.POD_LOST, Reason.EVICTED, Reason.POD_REJECTED})


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """The attempt that is due at `not_before`, with `memory` bytes."""

    index: int
    memory: int
    not_before: datetime


def plan_attempt(
    attempts: tuple[Attempt, ...], capture_class: CaptureClass, now: datetime, remembered: int | None = None
) -> NextAttempt:
    """Return the attempt that follows those that have ended.

    `remembered` is how many bytes pages of the same host needed lately, where they needed more than the class gives.
    """
    least = min(max(capture_class.pod.memory, remembered or 0), capture_class.pod.max_memory)
    if not attempts:
        return NextAttempt(1, least, now)
    last = attempts[-1]
    ended = last.end_time or now
    return NextAttempt(
        index=last.index + 1,
        memory=max(next_memory(last, capture_class), least),
        # An end in the future is that of a clock which was stepped back since: the pause would be as long as the step.
        not_before=ended + _backoff(attempts) if ended <= now else now,
    )


def next_memory(last: Attempt, capture_class: CaptureClass) -> int:
    """Return the memory limit of the attempt after `last`: half as much again, up to the class's maximum, after OOM."""
    used = last.memory_limit or capture_class.pod.memory
    if last.reason is Reason.OUT_OF_MEMORY:
        return min(round(used * MEMORY_GROWTH), capture_class.pod.max_memory)
    return used


def why_no_retry(
    failure: Failed, attempts: tuple[Attempt, ...], capture_class: CaptureClass, retry_limit: int
) -> str | None:
    """Return why this failure of the last of `attempts` ends the run, or `None` when the run is tried again."""
    match failure.kind:
        case FailureKind.FINAL:
            return "trying again would not help"
        case FailureKind.INFRASTRUCTURE:
            lost = _count(attempts, FailureKind.INFRASTRUCTURE)
            return f"the cluster ended {lost} attempts" if lost >= MAX_INFRASTRUCTURE_ATTEMPTS else None
        case FailureKind.MEMORY if (attempts[-1].memory_limit or 0) >= capture_class.pod.max_memory:
            return f"the class allows no more than {format_bytes(capture_class.pod.max_memory)}"
        case FailureKind.MEMORY:
            short = _count(attempts, FailureKind.MEMORY)
            return f"{short} attempts ran out of memory" if short >= MAX_MEMORY_ATTEMPTS else None
        case FailureKind.TRANSIENT:
            ran = _count(attempts, FailureKind.TRANSIENT)
            return f"{ran} of {retry_limit + 1} attempts were made" if ran > retry_limit else None


def _backoff(attempts: tuple[Attempt, ...]) -> timedelta:
    """Return the pause before the next attempt: it doubles with each that ran, and is none after OOM and lost pods."""
    if _budget_of(attempts[-1]) is not FailureKind.TRANSIENT:
        return timedelta(0)
    ran = _count(attempts, FailureKind.TRANSIENT)
    return min(_FIRST_BACKOFF * (1 << (ran - 1)), _LONGEST_BACKOFF)


def _count(attempts: tuple[Attempt, ...], budget: FailureKind) -> int:
    return sum(_budget_of(attempt) is budget for attempt in attempts)


def _budget_of(attempt: Attempt) -> FailureKind:
    """Return which budget an attempt came from that is followed by another."""
    if attempt.reason in _INFRASTRUCTURE_REASONS:
        return FailureKind.INFRASTRUCTURE
    return FailureKind.MEMORY if attempt.reason is Reason.OUT_OF_MEMORY else FailureKind.TRANSIENT
