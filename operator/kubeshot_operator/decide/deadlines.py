"""When a request has had its time, and what is said of it then."""

from datetime import datetime

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.model import ScreenshotRequest, Status
from kubeshot_operator.api.scalars import format_duration
from kubeshot_operator.decide.decision import Decision
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.decide.status import Writer


def deadline_of(seen: Observation, status: Status) -> datetime:
    """Return the moment at which this run ends, whatever it waits for."""
    return deadline_of_run(seen.request, status, seen.now)


def deadline_of_run(request: ScreenshotRequest, status: Status, now: datetime) -> datetime:
    """Return the moment at which a run ends that began to wait `now`, if it has not before."""
    assert request.spec is not None, "only a request that can be read has a deadline"
    return (status.queued_time or now) + request.spec.deadline


def has_passed(seen: Observation, status: Status) -> bool:
    """Say whether the run has had its time."""
    return seen.now >= deadline_of(seen, status)


def give_up(seen: Observation, status: Status, delete: tuple[str, ...] = ()) -> Decision:
    """End a run whose deadline has passed, say what it was waiting for, and delete its pods."""
    assert seen.request.spec is not None, "only a request that can be read has a deadline"
    ran = any(attempt.start_time is not None for attempt in status.attempts)
    reason = Reason.DEADLINE_EXCEEDED if ran else Reason.QUEUE_DEADLINE_EXCEEDED
    waited = next((condition.message for condition in status.conditions if condition.message), "nothing was tried yet")
    message = f"spec.deadline of {format_duration(seen.request.spec.deadline)} passed; last: {waited}"
    return Decision(
        status=Writer(seen.request.generation, seen.now).failed(status, reason, message),
        delete=delete,
    )
