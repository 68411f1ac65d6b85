"""When a pod is too late, to begin or to end, and whose fault that is."""

from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.api.scalars import format_duration
from kubeshot_operator.decide.pod import PULL_PATIENCE
from kubeshot_operator.decide.pod_state import Failed, FailureKind

# A capture ends itself before its time is up; the rest is for the kubelet to say so.
HANG_MARGIN = timedelta(seconds=5)


def latest_start(pod: CapturePod, capture_class: CaptureClass) -> datetime | None:
    """Return when the kubelet would have ended a pod that does not begin, if it were there to do so."""
    if pod.scheduled is None:
        return None
    return max(pod.scheduled, pod.created) + capture_class.attempt_timeout + PULL_PATIENCE + HANG_MARGIN


def never_began(pod: CapturePod) -> Failed:
    """Return the failure of a pod that has a node and did not begin on it."""
    message = f"pod {pod.name} did not start on node {pod.node_name or 'unknown'}, which may be lost"
    return Failed(Reason.POD_LOST, message, FailureKind.INFRASTRUCTURE)


def latest_end(pod: CapturePod, capture_class: CaptureClass) -> datetime:
    """Return when a capture hangs that has not ended. By a clock that is behind it began before its pod was there."""
    return max(pod.started or pod.created, pod.created) + capture_class.attempt_timeout + HANG_MARGIN


def never_ended(pod: CapturePod, capture_class: CaptureClass) -> Failed:
    """Return the failure of a capture that has outlived its class's time.

    Nobody ends a pod whose node is lost: the cluster only says that it should.
    """
    if pod.deleting or pod.disrupted:
        message = f"pod {pod.name} was told to end and did not: node {pod.node_name or 'unknown'} may be lost"
        return Failed(Reason.POD_LOST, message, FailureKind.INFRASTRUCTURE)
    limit = format_duration(capture_class.attempt_timeout)
    message = f"pod {pod.name} hung: it did not end within the class's attemptTimeout of {limit}"
    return Failed(Reason.DEADLINE_EXCEEDED, message, FailureKind.TRANSIENT)
