"""Whether what a pod reports is heard: only of its own attempts, and only as long as somebody waits for it."""

from enum import Enum, auto

from kubeshot_contract.dispatch import JobName
from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.model import Attempt, ScreenshotRequest
from kubeshot_operator.decide.progress import is_current


class Hearing(Enum):
    """What becomes of a report."""

    NEWS = auto()
    """It is taken in."""
    UNWRITTEN = auto()
    """It is taken in, but could not be written into the status yet: the pod is to tell it again."""
    KNOWN = auto()
    """The attempt has ended in the status already."""
    OUTDATED = auto()
    """Nobody waits for this attempt any more."""
    FORBIDDEN = auto()
    """The pod has no say in this."""


def hear(pod: CapturePod | WarmPod, name: JobName, request: ScreenshotRequest | None) -> Hearing:
    """Return what becomes of this pod's report of an attempt. `request` has the UID that is named, if it is there."""
    if isinstance(pod, CapturePod):
        return _hear_isolated(pod, name, request)
    if request is None or request.key.namespace != pod.namespace:
        # Of other namespaces nothing is said, not even that there is such a request.
        return Hearing.OUTDATED
    attempt = _attempt(request, name)
    if attempt is None or attempt.pod_name != pod.name:
        return Hearing.OUTDATED
    return _news(request, attempt)


def _hear_isolated(pod: CapturePod, name: JobName, request: ScreenshotRequest | None) -> Hearing:
    if (name.uid, name.run, name.attempt) != (pod.request_uid, pod.run, pod.attempt):
        return Hearing.FORBIDDEN
    if request is None or request.generation != pod.generation or request.status.run > pod.run:
        return Hearing.OUTDATED
    # Its attempt may not be in the status yet: that is written together with what comes of it.
    return _news(request, _attempt(request, name))


def _attempt(request: ScreenshotRequest, name: JobName) -> Attempt | None:
    if request.status.run != name.run or not is_current(request):
        return None
    return next((attempt for attempt in request.status.attempts if attempt.index == name.attempt), None)


def _news(request: ScreenshotRequest, attempt: Attempt | None) -> Hearing:
    phase = request.status.phase
    is_over = is_current(request) and phase is not None and phase.is_finished
    ended = attempt is not None and attempt.end_time is not None
    return Hearing.KNOWN if is_over or ended else Hearing.NEWS
