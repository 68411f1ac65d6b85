"""When the next attempt starts, and what holds it up until then."""

from dataclasses import replace
from datetime import timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.bucket import BucketUnavailable
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Status
from kubeshot_operator.api.selector import Selector
from kubeshot_operator.decide.attempts import NextAttempt, plan_attempt
from kubeshot_operator.decide.claim import assign
from kubeshot_operator.decide.deadlines import deadline_of, give_up, has_passed
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.leftovers import expect_uploads
from kubeshot_operator.decide.news import is_news
from kubeshot_operator.decide.observation import ClaimGranted, ClaimHeld, Observation, PodWanted, Refusal, SlotHeld
from kubeshot_operator.decide.pod import PodPlan
from kubeshot_operator.decide.progress import is_told, plan_as_attempt
from kubeshot_operator.decide.sharing import may_share
from kubeshot_operator.decide.status import Writer
from kubeshot_operator.decide.warm_pod import WarmPlan

# An API server that is not itself for so long is not worth a word.
BRIEF = timedelta(seconds=10)
STORAGE_RETRY = timedelta(seconds=10)
# Labels of a namespace are there as soon as their watch is; a change of them wakes the requests by itself.
LABELS_RETRY = timedelta(seconds=2)
NAMESPACE_RETRY = timedelta(seconds=60)
# Who waits is woken for its turn only; this is for what holds it up to be told when that has changed.
LOOK_AGAIN = timedelta(minutes=2)


def start_attempt(seen: Observation, capture_class: CaptureClass, status: Status) -> Decision | Question:
    """Return how the next attempt of a run without one begins: now, later, or never."""
    if has_passed(seen, status):
        return give_up(seen, status)
    due = plan_attempt(status.attempts, capture_class, seen.now, seen.remembered)
    if due.not_before > seen.now:
        # The status says already why the last attempt failed.
        return Decision(wake_at=min(due.not_before, deadline_of(seen, status)))
    if seen.refusal is not None:
        return hold(seen, status, seen.refusal)
    selector = capture_class.namespaces
    if selector.requirements and seen.labels is None:
        return Decision(wake_at=min(seen.now + LABELS_RETRY, deadline_of(seen, status)))
    if (missing := selector.unmet(seen.labels or {})).requirements:
        return hold(seen, status, _not_allowed(seen, capture_class, missing))
    if seen.bucket is None:
        return Question.BUCKET
    if isinstance(seen.bucket, BucketUnavailable):
        return hold(seen, status, Refusal(Reason.STORAGE_UNAVAILABLE, seen.bucket.message, STORAGE_RETRY))
    return _take_turn(seen, capture_class, status, due)


def _take_turn(seen: Observation, capture_class: CaptureClass, status: Status, due: NextAttempt) -> Decision | Question:
    """Return how an attempt begins that may: in a warm pod that waits for it, or in a pod that is created."""
    assert seen.request.spec is not None, "only a request that can be read has attempts"
    shares = may_share(capture_class, seen.request.spec.page, status)
    if shares and seen.turn is None:
        return Question.TURN
    if isinstance(seen.turn, ClaimGranted):
        return assign(seen, capture_class, status, due.index, seen.turn.pod)
    if isinstance(seen.turn, ClaimHeld):
        return _stand_in_line(seen, status, seen.turn.reason, seen.turn.message)
    if seen.slot is None:
        return Question.SLOT
    if isinstance(seen.slot, SlotHeld):
        return _stand_in_line(seen, status, seen.slot.reason, seen.slot.message)
    if isinstance(seen.turn, PodWanted):
        return _create_warm(seen, status, WarmPlan(seen.request, capture_class, status.run))
    return _create(seen, status, PodPlan(seen.request, capture_class, status.run, due.index, due.memory))


def hold(seen: Observation, status: Status, refusal: Refusal) -> Decision:
    """Return how a run waits for what it cannot have for now, or ends when waiting would not help."""
    writer = Writer(seen.request.generation, seen.now)
    if refusal.final:
        return Decision(writer.failed(status, refusal.reason, refusal.message))
    if has_passed(seen, status):
        return give_up(seen, status)
    held = writer.in_progress(status, Phase.QUEUED, refusal.reason, refusal.message)
    is_brief = refusal.doubtful and is_told(seen, status) and seen.now < (status.queued_time or seen.now) + BRIEF
    told = held if is_news(status, held) and not is_brief else None
    return Decision(told, wake_at=min(seen.now + refusal.retry_after, deadline_of(seen, status)))


def _not_allowed(seen: Observation, capture_class: CaptureClass, missing: Selector) -> Refusal:
    message = (
        f"namespace {seen.request.key.namespace} may not use CaptureClass {capture_class.name}, whose namespaces must "
        f"match {missing}: label the namespace, or name another class"
    )
    return Refusal(Reason.NAMESPACE_NOT_ALLOWED, message, NAMESPACE_RETRY)


def _create(seen: Observation, status: Status, plan: PodPlan) -> Decision:
    writer, message = Writer(seen.request.generation, seen.now), f"pod {plan.name} is starting"
    planned = expect_uploads(plan_as_attempt(status, plan), seen.request, plan.capture_class)
    starting = writer.in_progress(planned, Phase.STARTING, Phase.STARTING, message)
    # A run that the status does not know yet must be told now; otherwise the pod's own events are soon enough.
    wake_at = deadline_of(seen, status)
    if is_told(seen, status):
        return Decision(unwritten=starting, create=plan, wake_at=wake_at)
    return Decision(starting, create=plan, wake_at=wake_at)


def _create_warm(seen: Observation, status: Status, plan: WarmPlan) -> Decision:
    """Create a pod for whoever is first in line when it is up."""
    return replace(_stand_in_line(seen, status, Phase.QUEUED, f"warm pod {plan.name} is starting"), create=plan)


def _stand_in_line(seen: Observation, status: Status, reason: str, message: str) -> Decision:
    queued = Writer(seen.request.generation, seen.now).in_progress(status, Phase.QUEUED, reason, message)
    # A place in the queue changes with every capture: it is written once, and again when the kind of wait changes.
    told = queued if is_news(status, queued, by_reason=True) else None
    return Decision(told, wake_at=min(seen.now + LOOK_AGAIN, deadline_of(seen, status)))
