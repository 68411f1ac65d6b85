"""How a deleted request goes: at once, or, with `retention: Delete`, when its stored images are gone."""

from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.bucket import BucketUnavailable, Erasure
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.crd import ConditionType, Retention
from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.decide.deadlines import deadline_of
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.naming import common_prefix, keys_of_run
from kubeshot_operator.decide.observation import MissingClass, Observation
from kubeshot_operator.decide.progress import open_attempt
from kubeshot_operator.decide.status import Writer
from kubeshot_operator.decide.uploads import end_of_forms

_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=5)


def hold_due(request: ScreenshotRequest) -> bool | None:
    """Return whether our finalizer is to be put on or taken off; `None` when it is as it should be.

    It comes before the first pod: what is stored is never without it.
    """
    if request.spec is None:
        return None
    wanted = request.spec.retention is Retention.DELETE
    return None if wanted is request.is_held else wanted


def let_go(seen: Observation) -> Decision | Question:
    """Return how a deleted request goes on its way."""
    request, pods = seen.request, tuple(pod.name for pod in seen.pods if not pod.deleting)
    if not request.is_held:
        return Decision(delete=pods)
    if request.spec is None:
        return _stay(seen, Reason.INVALID_REQUEST, request.invalid or "the spec cannot be read")
    if request.spec.retention is Retention.RETAIN:
        return Decision(hold=False, delete=pods)
    if (until := _may_store_until(seen)) is not None:
        return Decision(delete=pods, wake_at=until)
    return _erase(seen, request, pods)


def _erase(seen: Observation, request: ScreenshotRequest, pods: tuple[str, ...]) -> Decision | Question:
    if isinstance(seen.capture_class, MissingClass):
        return _stay(seen, Reason.CLASS_NOT_FOUND, seen.capture_class.message)
    if (elsewhere := _stored_elsewhere(request, seen.capture_class)) is not None:
        return _stay(seen, Reason.STORAGE_UNAVAILABLE, elsewhere)
    if seen.erased is None:
        return Question.ERASED
    if isinstance(seen.erased, BucketUnavailable):
        return _stay(seen, Reason.STORAGE_UNAVAILABLE, seen.erased.message)
    return Decision(hold=False, delete=pods)


def everything_of(seen: Observation) -> tuple[Erasure, ...]:
    """Return all that a request may have stored, in its class's bucket and where runs that are over left something."""
    request, capture_class = seen.request, seen.capture_class
    assert isinstance(capture_class, CaptureClass), "without a class nothing is deleted"
    storage, status = capture_class.storage, request.status
    below = common_prefix(storage, request)
    # A template that has the request's own part after the run's leaves nothing to look below.
    runs = range(1, status.run + 1) if below is None else ()
    computed = [key for run in runs for key in keys_of_run(storage, request, run)]
    named = [output.key for output in status.outputs]
    noted = tuple(Erasure(item.class_name, item.keys) for item in status.uploads)
    return (Erasure(capture_class.name, tuple(dict.fromkeys(named + computed)), below), *noted)


def _may_store_until(seen: Observation) -> datetime | None:
    """Return until when pods may store something, at the latest; `None` when none does."""
    moments = [item.until for item in seen.request.status.uploads if item.until and not _is_heard(seen)]
    if any(not pod.has_ended for pod in seen.pods):
        # A pod on a node that is lost may never be seen to end, but its forms do.
        moments.append(_end_of_forms(seen))
    latest = max(moments, default=None)
    return latest if latest is not None and seen.now < latest else None


def _is_heard(seen: Observation) -> bool:
    """Say whether the attempt under way in a warm pod is known to be over."""
    attempt = open_attempt(seen.request.status)
    if attempt is None or not attempt.is_claim:
        return False
    return seen.report is not None or seen.warm_pod is None or seen.warm_pod.has_ended


def _end_of_forms(seen: Observation) -> datetime:
    deadline = deadline_of(seen, seen.request.status)
    return end_of_forms(seen.capture_class, deadline) if isinstance(seen.capture_class, CaptureClass) else deadline


def _stored_elsewhere(request: ScreenshotRequest, capture_class: CaptureClass) -> str | None:
    bucket = capture_class.storage.bucket
    other = next((output.bucket for output in request.status.outputs if output.bucket != bucket), None)
    if other is None:
        return None
    return f"they are in bucket {other}, but CaptureClass {capture_class.name} has bucket {bucket} by now"


def _stay(seen: Observation, reason: Reason, problem: str) -> Decision:
    """Say what keeps the images from being deleted, and look again later; the longer it lasts, the later.

    A request that nobody knows any images of is not kept for a bucket that may never have been there.
    """
    status = seen.request.status
    if not (status.outputs or status.uploads or seen.pods):
        return Decision(hold=False)
    message = f"the stored images cannot be deleted: {problem}; set spec.retention to Retain to leave them there"
    kept = Writer(status.observed_generation, seen.now).kept(status, reason, message)
    condition = kept.condition(ConditionType.KEPT)
    lasted = seen.now - condition.last_transition_time if condition else _FIRST_PAUSE
    pods = tuple(pod.name for pod in seen.pods if not pod.deleting)
    return Decision(
        None if kept == status else kept, delete=pods, wake_at=seen.now + min(max(lasted, _FIRST_PAUSE), _LONGEST_PAUSE)
    )
