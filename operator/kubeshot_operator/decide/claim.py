"""An attempt in a warm pod: assigned, under way, told, or given back because its pod is gone."""

from dataclasses import replace
from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Attempt, Status, Timings
from kubeshot_operator.api.scalars import format_duration
from kubeshot_operator.decide.deadlines import deadline_of, give_up, has_passed
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.end_of_attempt import end_attempt, recover
from kubeshot_operator.decide.leftovers import expect_uploads
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.decide.pod_state import Failed, FailureKind, read_report
from kubeshot_operator.decide.status import Writer, milliseconds, with_attempt

# A capture ends itself before its time is up. It begins when its pod has heard of it, and is reported after its end.
CLAIM_MARGIN = timedelta(seconds=15)


def assign(seen: Observation, capture_class: CaptureClass, status: Status, index: int, pod: WarmPod) -> Decision:
    """Write down that a warm pod has the next attempt; only then the pod may be told."""
    attempt = Attempt(index=index, pod_name=pod.name, node_name=pod.node_name, start_time=seen.now)
    end = _end_of(attempt, capture_class, seen.now)
    begun = expect_uploads(with_attempt(status, attempt), seen.request, capture_class, end)
    if status.start_time is None:
        queued = milliseconds(seen.now - (status.queued_time or seen.now))
        begun = replace(begun, start_time=seen.now, timings=Timings(queued=queued))
    writer, message = Writer(seen.request.generation, seen.now), f"warm pod {pod.name} is capturing"
    capturing = writer.in_progress(begun, Phase.CAPTURING, Phase.CAPTURING, message)
    return Decision(capturing, wake_at=min(end, deadline_of(seen, status)))


def follow_claim(
    seen: Observation, capture_class: CaptureClass, status: Status, attempt: Attempt
) -> Decision | Question:
    """Return what becomes of an attempt that a warm pod has claimed."""
    pod = seen.warm_pod
    if seen.report is not None:
        return end_attempt(seen, capture_class, status, read_report(seen.report, None), None)
    if pod is None or pod.has_ended:
        return end_attempt(seen, capture_class, status, _lost(attempt, pod), pod)
    if has_passed(seen, status):
        return give_up(seen, status)
    end = _end_of(attempt, capture_class, seen.now)
    if seen.now >= end:
        limit = format_duration(capture_class.attempt_timeout)
        message = (
            f"warm pod {pod.name} did not report the end of the capture within the class's attemptTimeout of {limit}"
        )
        # A pod that is cut off from here may well have stored what it could not report.
        late = Failed(Reason.DEADLINE_EXCEEDED, message, FailureKind.TRANSIENT)
        return recover(seen, capture_class, status, late, None)
    return Decision(wake_at=min(end, deadline_of(seen, status)))


def _end_of(attempt: Attempt, capture_class: CaptureClass, now: datetime) -> datetime:
    return (attempt.start_time or now) + capture_class.attempt_timeout + CLAIM_MARGIN


def _lost(attempt: Attempt, pod: WarmPod | None) -> Failed:
    reason, how = Reason.POD_LOST, "vanished"
    if pod is not None and (pod.disrupted or pod.reason == "Evicted"):
        reason, how = Reason.EVICTED, f"was evicted: {pod.message or 'it was disrupted'}"
    elif pod is not None and pod.oom_killed:
        how = "ran out of memory"
    elif pod is not None:
        how = "ended"
    message = f"warm pod {attempt.pod_name} {how} before it told the end of the capture"
    return Failed(reason, message, FailureKind.INFRASTRUCTURE)
