"""What may be stored that no status promises: noted before an attempt, deleted when its run has ended without it.

Nobody looks through the bucket for it: the keys of a run are known before its first pod is.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kubeshot_operator.api.bucket import BucketReady, BucketUnavailable, Erasure, RunKeys
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import ScreenshotRequest, Status
from kubeshot_operator.decide.decision import Decision
from kubeshot_operator.decide.naming import keys_of_run
from kubeshot_operator.decide.observation import Observation

# The CRD's limit of status.uploads. More are there only if pods of so many runs hang at once.
MAX_RUNS: Final = 8
ERASE_RETRY = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=5)


def expect_uploads(
    status: Status, request: ScreenshotRequest, capture_class: CaptureClass, until: datetime | None = None
) -> Status:
    """Return the status with the keys under which an attempt of its run may store something.

    `until` is when the attempt is over at the latest, if it shares a pod that nobody waits for.
    """
    others = tuple(item for item in status.uploads if item.run != status.run)
    moments = [item.until for item in status.uploads if item.run == status.run and item.until] + (
        [until] if until else []
    )
    keys = keys_of_run(capture_class.storage, request, status.run)
    expected = RunKeys(status.run, capture_class.name, keys, max(moments, default=None))
    return replace(status, uploads=(*others[1 - MAX_RUNS :], expected))


def expect_of_unknown_pods(seen: Observation, status: Status) -> Status:
    """Return the status of a new run with what pods may store that were created before any status told of them."""
    known = {item.run for item in status.uploads}
    runs = sorted({pod.run for pod in seen.pods} - known - {status.run})
    if seen.request.spec is None or not isinstance(seen.capture_class, CaptureClass):
        return status
    for run in runs:
        earlier = expect_uploads(replace(status, run=run), seen.request, seen.capture_class)
        status = replace(status, uploads=earlier.uploads)
    return status


def left_behind(request: ScreenshotRequest) -> tuple[Erasure, ...]:
    """Return what a request that is gone may have left besides its images."""
    named = {output.key for output in request.status.outputs}
    return tuple(_erasure(item, named) for item in request.status.uploads)


def left_until(request: ScreenshotRequest) -> datetime:
    """Return until when warm pods may store something for a request that is gone."""
    return max((item.until for item in request.status.uploads if item.until), default=request.created)


def leftovers(seen: Observation, status: Status) -> tuple[Erasure, ...]:
    """Return what is to be deleted: objects of runs that are over, which nobody can store any more."""
    named = {output.key for output in status.outputs}
    return tuple(_erasure(item, named) for item in _due(seen, status))


def clear(seen: Observation, status: Status) -> Status:
    """Return the status without what was deleted."""
    if not isinstance(seen.erased, BucketReady):
        return status
    gone = _due(seen, status)
    return replace(status, uploads=tuple(item for item in status.uploads if item not in gone))


def tell_cleared(seen: Observation, decision: Decision, before: Status, after: Status) -> Decision:
    """Return the decision with the status that tells what was deleted, or that looks again for what was not."""
    if after is not before and decision.status is None:
        decision = replace(decision, status=decision.unwritten or after, unwritten=None)
    moments = [item.until for item in after.uploads if _is_over(item, after) and item.until and item.until > seen.now]
    if isinstance(seen.erased, BucketUnavailable):
        # The longer it lasts the less often: credentials that may not delete may stay so for ever.
        lasted = seen.now - (after.completion_time or after.queued_time or seen.now)
        moments.append(seen.now + min(max(lasted, ERASE_RETRY), _LONGEST_PAUSE))
    if decision.wake_at is not None:
        moments.append(decision.wake_at)
    return replace(decision, wake_at=min(moments, default=None))


def _erasure(item: RunKeys, named: set[str]) -> Erasure:
    return Erasure(item.class_name, tuple(key for key in item.keys if key not in named))


def _due(seen: Observation, status: Status) -> tuple[RunKeys, ...]:
    return tuple(item for item in status.uploads if _is_over(item, status) and not _may_store(seen, item))


def _is_over(item: RunKeys, status: Status) -> bool:
    return item.run != status.run or status.phase is Phase.FAILED


def _may_store(seen: Observation, item: RunKeys) -> bool:
    lives = any(pod.run == item.run and not pod.has_ended for pod in seen.pods)
    return lives or (item.until is not None and seen.now < item.until)
