"""When the next attempt starts, and what holds it up until then."""

from datetime import timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.bucket import BucketUnavailable
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import CaptureClass, Status
from kubeshot_operator.decide.attempts import plan_attempt
from kubeshot_operator.decide.deadlines import deadline_of, give_up, has_passed
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.observation import Observation, Refusal, SlotHeld
from kubeshot_operator.decide.pod import PodPlan
from kubeshot_operator.decide.progress import is_told, plan_as_attempt
from kubeshot_operator.decide.status import Writer

STORAGE_RETRY = timedelta(seconds=10)


def start_attempt(seen: Observation, capture_class: CaptureClass, status: Status) -> Decision | Question:
    """Return how the next attempt of a run without one begins: now, later, or never."""
    if has_passed(seen, status):
        return give_up(seen, status)
    due = plan_attempt(status.attempts, capture_class, seen.now)
    if due.not_before > seen.now:
        # The status says already why the last attempt failed.
        return Decision(wake_at=min(due.not_before, deadline_of(seen, status)))
    if seen.refusal is not None:
        return hold(seen, status, seen.refusal)
    if seen.bucket is None:
        return Question.BUCKET
    if isinstance(seen.bucket, BucketUnavailable):
        return hold(seen, status, Refusal(Reason.STORAGE_UNAVAILABLE, seen.bucket.message, STORAGE_RETRY))
    if seen.slot is None:
        return Question.SLOT
    if isinstance(seen.slot, SlotHeld):
        return _stand_in_line(seen, status, seen.slot)
    return _create(seen, status, PodPlan(seen.request, capture_class, status.run, due.index, due.memory))


def hold(seen: Observation, status: Status, refusal: Refusal) -> Decision:
    """Return how a run waits for what it cannot have for now, or ends when waiting would not help."""
    writer = Writer(seen.request.generation, seen.now)
    if refusal.final:
        return Decision(writer.failed(status, refusal.reason, refusal.message))
    if has_passed(seen, status):
        return give_up(seen, status)
    held = writer.in_progress(status, Phase.QUEUED, refusal.reason, refusal.message)
    return Decision(held, wake_at=min(seen.now + refusal.retry_after, deadline_of(seen, status)))


def _create(seen: Observation, status: Status, plan: PodPlan) -> Decision:
    writer, message = Writer(seen.request.generation, seen.now), f"pod {plan.name} is starting"
    starting = writer.in_progress(plan_as_attempt(status, plan), Phase.STARTING, Phase.STARTING, message)
    # A run that the status does not know yet must be told now; otherwise the pod's own events are soon enough.
    wake_at = deadline_of(seen, status)
    if is_told(seen, status):
        return Decision(unwritten=starting, create=plan, wake_at=wake_at)
    return Decision(starting, create=plan, wake_at=wake_at)


def _stand_in_line(seen: Observation, status: Status, slot: SlotHeld) -> Decision:
    queued = Writer(seen.request.generation, seen.now).in_progress(status, Phase.QUEUED, Phase.QUEUED, slot.message)
    # A place in the queue changes with every capture: it is written once, and again when the kind of wait changes.
    same_wait = status.phase is queued.phase and _reasons(status) == _reasons(queued)
    return Decision(None if same_wait else queued, wake_at=deadline_of(seen, status))


def _reasons(status: Status) -> list[str]:
    return [condition.reason for condition in status.conditions]
