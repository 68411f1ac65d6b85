"""What a change of status counts for: attempts and runs that ended with it, in words of ours only."""

from dataclasses import dataclass, replace

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.crd import ConditionType, Phase
from kubeshot_operator.api.model import Attempt, Status, Timings

SUCCEEDED = str(Phase.SUCCEEDED)
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """`memory_used` is the peak as a part of the limit, where both are known; `retried` whether another follows."""

    reason: str
    retried: bool
    memory_used: float | None


@dataclass(frozen=True, slots=True)
class EndedRun:
    """A run that ended, with what it stored; of one that failed there are no timings."""

    outcome: str
    reason: str
    timings: Timings | None = None
    stored_bytes: int = 0
    stored_images: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """All that ended with one write."""

    attempts: tuple[EndedAttempt, ...] = ()
    run: EndedRun | None = None


def what_ended(before: Status, after: Status) -> Ended:
    """Return what ended between these two statuses of a request."""
    known = _of_run(before, after.run)
    is_over = after.phase is not None and after.phase.is_finished
    was_finished = known.phase is not None and known.phase.is_finished
    return Ended(
        tuple(
            _attempt(item, retried=item.reason is not None and not is_over) for item in attempts_ended(before, after)
        ),
        _run(after) if is_over and not was_finished else None,
    )


def attempts_ended(before: Status, after: Status) -> tuple[Attempt, ...]:
    """Return the attempts that ended between these two statuses of a request."""
    was_over = {attempt.index for attempt in _of_run(before, after.run).attempts if attempt.end_time is not None}
    return tuple(item for item in after.attempts if item.end_time is not None and item.index not in was_over)


def _of_run(status: Status, run: int) -> Status:
    """Return a status as far as it is of this run."""
    return status if status.run == run else replace(status, attempts=(), phase=None)


def _attempt(attempt: Attempt, *, retried: bool) -> EndedAttempt:
    used = attempt.peak_memory / attempt.memory_limit if attempt.peak_memory and attempt.memory_limit else None
    return EndedAttempt(SUCCEEDED if attempt.reason is None else str(attempt.reason), retried, used)


def _run(status: Status) -> EndedRun:
    if status.phase is Phase.SUCCEEDED:
        stored = sum(output.bytes for output in status.outputs)
        return EndedRun(SUCCEEDED, SUCCEEDED, status.timings, stored, len(status.outputs))
    ready = status.condition(ConditionType.READY)
    reason = ready.reason if ready is not None and ready.reason in set(Reason) else OTHER
    return EndedRun(str(Phase.FAILED), reason)
