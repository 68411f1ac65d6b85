"""An attempt in the status, as its pod moves on."""

from dataclasses import replace

from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Attempt, ScreenshotRequest, Status, Timings
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.decide.pod import PodPlan
from kubeshot_operator.decide.status import milliseconds, with_attempt


def open_attempt(status: Status) -> Attempt | None:
    """Return the attempt that is under way by the status."""
    return next((attempt for attempt in status.attempts if attempt.end_time is None), None)


def is_over(request: ScreenshotRequest) -> bool:
    """Say whether the run of a request has ended, as far as is known."""
    return request.status.phase is not None and request.status.phase.is_finished


def is_current(request: ScreenshotRequest) -> bool:
    """Say whether the stored status is of the run that the request calls for."""
    status = request.status
    asked = (request.generation, request.requested_at)
    return status.run > 0 and (status.observed_generation, status.requested_at) == asked


def open_claim(request: ScreenshotRequest) -> Attempt | None:
    """Return the attempt that a warm pod has claimed and that is under way by the stored status."""
    status = request.status
    if request.deleting or status.phase is not Phase.CAPTURING or not is_current(request):
        return None
    attempt = open_attempt(status)
    return attempt if attempt is not None and attempt.is_claim else None


def is_told(seen: Observation, status: Status) -> bool:
    """Say whether the stored status tells of this run already."""
    return seen.request.status.run == status.run


def plan_as_attempt(status: Status, plan: PodPlan) -> Status:
    """Return the status with the attempt that is about to be created."""
    return with_attempt(status, Attempt(index=plan.attempt, pod_name=plan.name, memory_limit=plan.memory))


def observe_attempt(status: Status, pod: CapturePod) -> Status:
    """Return the status with what this pod says of its attempt; a pod that the status does not know is adopted."""
    known = next((item for item in status.attempts if item.index == pod.attempt), None)
    attempt = replace(
        known or Attempt(index=pod.attempt, pod_name=pod.name),
        memory_limit=pod.memory_limit,
        # Told together with the start: a write of its own for the node would be one more per capture.
        node_name=pod.node_name if pod.started else None,
        start_time=pod.started,
    )
    updated = with_attempt(status, attempt)
    if pod.started is None or status.start_time is not None:
        return updated
    return replace(updated, start_time=pod.started, timings=_waiting_times(status, pod))


def _waiting_times(status: Status, pod: CapturePod) -> Timings:
    started = pod.started or pod.created
    return Timings(
        queued=milliseconds(pod.created - (status.queued_time or pod.created)),
        pod_start=milliseconds(started - pod.created),
    )
