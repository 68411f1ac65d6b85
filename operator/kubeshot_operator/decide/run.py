"""One pass over a request, as a pure function: an observation in, a decision or the one missing fact out."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.bucket import Erasure
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import ScreenshotRequest, Status
from kubeshot_operator.decide.claim import follow_claim
from kubeshot_operator.decide.deadlines import deadline_of, give_up, has_passed
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.end_of_attempt import end_attempt, recover
from kubeshot_operator.decide.leftovers import clear, expect_of_unknown_pods, expect_uploads, leftovers, tell_cleared
from kubeshot_operator.decide.let_go import everything_of, hold_due, let_go
from kubeshot_operator.decide.news import is_news
from kubeshot_operator.decide.observation import MissingClass, Observation, Refusal
from kubeshot_operator.decide.overdue import latest_end, latest_start, never_began, never_ended
from kubeshot_operator.decide.pod_state import (
    Failed,
    FailureKind,
    Finished,
    Held,
    PodState,
    Running,
    Starting,
    read_pod,
    read_report,
)
from kubeshot_operator.decide.progress import is_current, is_told, observe_attempt, open_attempt
from kubeshot_operator.decide.start_of_attempt import hold, start_attempt
from kubeshot_operator.decide.status import Writer, begin_run
from kubeshot_operator.decide.ttl_after_finished import expire

# A class that appears wakes its requests at once; this is for an event that was missed.
CLASS_RETRY = timedelta(seconds=60)
# Most pods start within this time. Until then the status stays as it was: that saves a write per capture.
START_UNTOLD = timedelta(seconds=5)


def decide(seen: Observation) -> Decision | Question:
    """Return what to do about a request, or the one fact that is still needed to say so.

    Pods of older runs and of attempts that have ended are deleted by every decision.
    """
    if seen.request.deleting:
        return let_go(seen)
    if (hold := hold_due(seen.request)) is not None:
        return Decision(hold=hold, wake_at=seen.now)
    before = current_run(seen)
    if seen.erased is None and leftovers(seen, before):
        return Question.ERASED
    status = clear(seen, before)
    current = _open_pod(seen.request, status, seen.pods)
    decision = _decide_run(seen, status, current)
    if isinstance(decision, Question):
        return decision
    others = tuple(pod for pod in seen.pods if pod is not current)
    decision = replace(decision, delete=_names(others) + decision.delete)
    return tell_cleared(seen, decision, before, status)


def unwanted(seen: Observation) -> tuple[Erasure, ...]:
    """Return what is to be deleted from buckets when `Question.ERASED` is asked."""
    return everything_of(seen) if seen.request.deleting else leftovers(seen, current_run(seen))


def current_run(seen: Observation) -> Status:
    """Return the status of the run that the request calls for: the one it has, or a new one."""
    request = seen.request
    if is_current(request):
        return request.status
    return expect_of_unknown_pods(seen, begin_run(request, _next_run(seen), seen.now))


def _next_run(seen: Observation) -> int:
    """Return the number of a new run, which is also the name of its images: never that of a run which has pods.

    A run may have pods that the status does not know, when the spec changed before the status was written.
    """
    request, written = seen.request, seen.request.status.run
    begun = [pod.run for pod in seen.pods if pod.generation == request.generation and pod.run > written]
    return max(begun) if begun else max(written, *(pod.run for pod in seen.pods), 0) + 1


def _decide_run(seen: Observation, status: Status, pod: CapturePod | None) -> Decision | Question:
    request, writer = seen.request, Writer(seen.request.generation, seen.now)
    if status.phase is not None and status.phase.is_finished:
        return replace(expire(seen, status), delete=_names(pod))
    if request.spec is None:
        message = request.invalid or "the spec cannot be read"
        if request.lacks_defaults:
            # An upgrade that began with the operator is not the end of what waits; a pod of it goes on.
            held = writer.in_progress(status, Phase.QUEUED, Reason.INVALID_REQUEST, message)
            return Decision(held if is_news(status, held) else None, wake_at=seen.now + CLASS_RETRY)
        return Decision(writer.failed(status, Reason.INVALID_REQUEST, message), delete=_names(pod))
    if request.spec.suspend:
        return Decision(writer.suspended(status), delete=_names(pod))
    if isinstance(seen.capture_class, MissingClass):
        return hold(seen, status, Refusal(Reason.CLASS_NOT_FOUND, seen.capture_class.message, CLASS_RETRY))
    return _decide_attempt(seen, seen.capture_class, status, pod)


def _decide_attempt(
    seen: Observation, capture_class: CaptureClass, status: Status, pod: CapturePod | None
) -> Decision | Question:
    status = Writer(seen.request.generation, seen.now).with_warning(status, capture_class)
    attempt = open_attempt(status)
    seen = _heed_report(seen, (pod.run, pod.attempt) if pod else (status.run, attempt.index if attempt else 0))
    if pod is not None:
        return _follow_pod(seen, capture_class, pod, status)
    if attempt is not None and attempt.is_claim:
        return follow_claim(seen, capture_class, status, attempt)
    if attempt is not None and seen.report is not None:
        reported = read_report(seen.report, attempt.memory_limit)
        return end_attempt(seen, capture_class, status, reported, None)
    if attempt is not None:
        lost = Failed(Reason.POD_LOST, "the pod vanished before its result was read", FailureKind.INFRASTRUCTURE)
        return end_attempt(seen, capture_class, status, lost, None)
    return start_attempt(seen, capture_class, status)


def _open_pod(request: ScreenshotRequest, status: Status, pods: tuple[CapturePod, ...]) -> CapturePod | None:
    """Return the pod of the attempt that has not ended by the status: the newest one, adopted if need be."""
    ended = {attempt.index for attempt in status.attempts if attempt.end_time is not None}
    run = (request.generation, status.run)
    mine = (pod for pod in pods if (pod.generation, pod.run) == run and pod.attempt not in ended)
    return max(mine, key=lambda pod: pod.attempt, default=None)


def _follow_pod(
    seen: Observation, capture_class: CaptureClass, found: CapturePod, before: Status
) -> Decision | Question:
    pod, state = _hear(seen, found)
    status = expect_uploads(observe_attempt(before, pod), seen.request, capture_class)
    writer, deadline = Writer(seen.request.generation, seen.now), deadline_of(seen, status)
    match state:
        case Finished() | Failed():
            return end_attempt(seen, capture_class, status, state, pod)
        case _ if has_passed(seen, status):
            return give_up(seen, status, _names(pod))
        case Held(reason, message, until):
            held = writer.in_progress(status, Phase.STARTING, reason, message)
            told = held if is_news(before, held, by_reason=until is not None) else None
            return Decision(told, wake_at=min(until or deadline, deadline))
        case Starting():
            return _follow_start(seen, capture_class, status, pod)
        case Running():
            return _follow_capture(seen, capture_class, status, pod)
        case _:
            assert_never(state)


def _heed_report(seen: Observation, attempt: tuple[int, int]) -> Observation:
    """Return the observation with a report of this attempt only."""
    if seen.report is None or (seen.report.run, seen.report.attempt) == attempt:
        return seen
    return replace(seen, report=None)


def _hear(seen: Observation, pod: CapturePod) -> tuple[CapturePod, PodState]:
    """Return a pod and what its state means; what it reported by itself comes before the kubelet's word."""
    report = seen.report
    if report is None or pod.has_ended:
        return pod, read_pod(pod, seen.now)
    # The kubelet may not even have told yet that the container runs; it does as long as its stages took, at least.
    ran = timedelta(milliseconds=sum(verdict.milliseconds for verdict in report.stages))
    started = pod.started or max(pod.created, seen.now - ran)
    return replace(pod, started=started), read_report(report, pod.memory_limit)


def _follow_start(
    seen: Observation, capture_class: CaptureClass, status: Status, pod: CapturePod
) -> Decision | Question:
    """Let a pod start; one that has a node which does not start it is replaced."""
    end, deadline = latest_start(pod, capture_class), deadline_of(seen, status)
    if end is not None and seen.now >= end:
        return recover(seen, capture_class, status, never_began(pod), pod)
    if is_told(seen, status) and seen.now < pod.created + START_UNTOLD:
        return Decision(wake_at=pod.created + START_UNTOLD)
    writer = Writer(seen.request.generation, seen.now)
    starting = writer.in_progress(status, Phase.STARTING, Phase.STARTING, f"pod {pod.name} is starting")
    return Decision(starting, wake_at=min(end or deadline, deadline))


def _follow_capture(
    seen: Observation, capture_class: CaptureClass, status: Status, pod: CapturePod
) -> Decision | Question:
    """Let a capture run; one that outlives its class's time, and so its own deadline, hangs and is ended."""
    end = latest_end(pod, capture_class)
    if seen.now >= end:
        # A pod that is cut off from here may well have stored what it could not tell.
        return recover(seen, capture_class, status, never_ended(pod, capture_class), pod)
    writer = Writer(seen.request.generation, seen.now)
    capturing = writer.in_progress(status, Phase.CAPTURING, Phase.CAPTURING, f"pod {pod.name} is capturing")
    return Decision(capturing, wake_at=min(end, deadline_of(seen, status)))


def _names(pods: tuple[CapturePod, ...] | CapturePod | None) -> tuple[str, ...]:
    listed = pods if isinstance(pods, tuple) else (pods,)
    return tuple(pod.name for pod in listed if pod is not None and not pod.deleting)
