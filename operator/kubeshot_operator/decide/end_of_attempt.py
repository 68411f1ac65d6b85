"""What the end of an attempt comes to: images verified in the bucket, another attempt, or the run's failure."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from kubeshot_contract.output import Output
from kubeshot_contract.reasons import ExitCode, Reason, exit_code_of
from kubeshot_contract.result import CaptureResult, Stage, StoredImage
from kubeshot_contract.storage import SHA256_PREFIX
from kubeshot_operator.api.bucket import BucketUnavailable, StoredObject
from kubeshot_operator.api.capture_class import CaptureClass, Storage
from kubeshot_operator.api.capture_pod import CapturePod, Pod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Status, StoredOutput, Timings
from kubeshot_operator.decide.attempts import plan_attempt, why_no_retry
from kubeshot_operator.decide.deadlines import deadline_of, give_up, has_passed
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.naming import object_key
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.decide.pod_state import Failed, FailureKind, Finished
from kubeshot_operator.decide.progress import open_attempt
from kubeshot_operator.decide.status import MAX_MESSAGE, Writer, verdict_of, with_attempt

STAT_RETRY = timedelta(seconds=5)

# What the upload form cannot demand of the digest, and the status could not hold.
_DIGEST = re.compile(re.escape(SHA256_PREFIX) + "[0-9a-f]{64}")


def end_attempt(
    seen: Observation, capture_class: CaptureClass, status: Status, end: Finished | Failed, pod: Pod | None
) -> Decision | Question:
    """Return what follows the end of the open attempt. `pod` is `None` when it is gone, and when it goes on."""
    match end:
        case Finished(result):
            return _finish(seen, capture_class, status, result, pod)
        case Failed(kind=FailureKind.INFRASTRUCTURE):
            return recover(seen, capture_class, status, end, pod)
        case Failed():
            return _fail(seen, capture_class, status, end, pod)


def _finish(
    seen: Observation, capture_class: CaptureClass, status: Status, result: CaptureResult, pod: Pod | None
) -> Decision | Question:
    """Believe a result as far as the bucket bears it out."""
    if seen.stored is None:
        return Question.STORED
    if isinstance(seen.stored, BucketUnavailable):
        return _wait_for_bucket(seen, status, seen.stored.message, pod)
    images = {image.name: image for image in result.outputs}
    outputs: list[StoredOutput] = []
    for output in _outputs(seen):
        key = object_key(capture_class.storage, seen.request, status.run, output)
        checked = _check(output, images.get(output.name), seen.stored.get(key), capture_class.storage)
        if isinstance(checked, str) or not _is_marked(seen, status, seen.stored[key]):
            told = checked if isinstance(checked, str) else f"the object {key} was not stored by this run"
            failure = Failed(Reason.UPLOAD_FAILED, told, FailureKind.TRANSIENT, result)
            return _fail(seen, capture_class, status, failure, pod)
        outputs.append(checked)
    return _succeed(seen, status, tuple(outputs), result, pod)


def recover(
    seen: Observation, capture_class: CaptureClass, status: Status, failure: Failed, pod: Pod | None
) -> Decision | Question:
    """Find what a pod stored before it was lost: with all of its images there, it is a success."""
    if seen.stored is None:
        return Question.STORED
    if isinstance(seen.stored, BucketUnavailable):
        return _wait_for_bucket(seen, status, seen.stored.message, pod)
    found = tuple(
        _stored_output(output, stored, capture_class.storage)
        for output in _outputs(seen)
        if (stored := seen.stored.get(object_key(capture_class.storage, seen.request, status.run, output)))
        and _is_marked(seen, status, stored)
        and _DIGEST.fullmatch(stored.sha256)
    )
    if len(found) == len(_outputs(seen)):
        return _succeed(seen, status, found, None, pod)
    return _fail(seen, capture_class, status, failure, pod)


def _succeed(
    seen: Observation,
    status: Status,
    outputs: tuple[StoredOutput, ...],
    result: CaptureResult | None,
    pod: Pod | None,
) -> Decision:
    closed = _close(status, pod, seen.now, None, result)
    timed = replace(closed, timings=_timings(closed, result))
    done = Writer(seen.request.generation, seen.now).succeeded(timed, outputs, result)
    return Decision(done, delete=_name(pod))


def _fail(seen: Observation, capture_class: CaptureClass, status: Status, failure: Failed, pod: Pod | None) -> Decision:
    closed = _close(status, pod, seen.now, failure, failure.result)
    assert seen.request.spec is not None, "an attempt was made of it"
    final = why_no_retry(failure, closed.attempts, capture_class, seen.request.spec.retry_limit)
    writer = Writer(seen.request.generation, seen.now)
    if final is not None:
        told = failure.message if failure.kind is FailureKind.FINAL else f"{failure.message}; {final}"
        return Decision(_tell_page(writer.failed(closed, failure.reason, told), failure), delete=_name(pod))
    due = plan_attempt(closed.attempts, capture_class, seen.now)
    message = f"attempt {due.index - 1} failed and is tried again: {failure.message}"
    return Decision(
        status=writer.in_progress(closed, Phase.QUEUED, failure.reason, message),
        delete=_name(pod),
        wake_at=due.not_before,
    )


def _wait_for_bucket(seen: Observation, status: Status, problem: str, pod: Pod | None) -> Decision:
    if has_passed(seen, status):
        return give_up(seen, status, _name(pod))
    message = f"the images cannot be verified: {problem}"
    writer = Writer(seen.request.generation, seen.now)
    waiting = writer.in_progress(status, Phase.CAPTURING, Reason.STORAGE_UNAVAILABLE, message)
    return Decision(waiting, wake_at=min(seen.now + STAT_RETRY, deadline_of(seen, status)))


def _outputs(seen: Observation) -> tuple[Output, ...]:
    assert seen.request.spec is not None, "an attempt was made of it"
    return seen.request.spec.page.outputs


def _check(
    output: Output, image: StoredImage | None, stored: StoredObject | None, storage: Storage
) -> StoredOutput | str:
    """Return the verified output, or what is wrong with it."""
    if image is None:
        return f"the pod reported no image for output {output.name}"
    if stored is None:
        return f"the pod reported output {output.name} as stored, but the bucket {storage.bucket} does not have it"
    if (stored.bytes, stored.sha256) != (image.bytes, SHA256_PREFIX + image.sha256):
        return f"the stored object of output {output.name} is not the one that the pod reported"
    return replace(
        _stored_output(output, stored, storage),
        width=image.width,
        height=image.height,
        perceptual_hash=image.perceptual_hash,
    )


def _is_marked(seen: Observation, status: Status, stored: StoredObject) -> bool:
    """Say whether the object carries the mark that only this run's upload form could put on it."""
    return (stored.uid, stored.run) == (seen.request.uid, str(status.run))


def _stored_output(output: Output, stored: StoredObject, storage: Storage) -> StoredOutput:
    public = storage.public_endpoint
    return StoredOutput(
        name=output.name,
        bucket=storage.bucket,
        key=stored.key,
        sha256=stored.sha256.removeprefix(SHA256_PREFIX),
        bytes=stored.bytes,
        content_type=output.format.content_type,
        etag=stored.etag,
        url=f"{public}/{storage.bucket}/{stored.key}" if public else None,
    )


def _close(
    status: Status, pod: Pod | None, now: datetime, failure: Failed | None, result: CaptureResult | None
) -> Status:
    """Return the status with the open attempt ended."""
    attempt = open_attempt(status)
    assert attempt is not None, "an attempt that ends has begun"
    end = pod.termination if pod else None
    closed = replace(
        attempt,
        reason=failure.reason if failure else None,
        message=failure.message[:MAX_MESSAGE] if failure else None,
        exit_code=_exit_code(pod, result),
        peak_memory=_peak_memory(pod, failure, result),
        start_time=attempt.start_time or (end.started if end else None),
        # A node's clock may be ahead of ours, and the next attempt is planned from here.
        end_time=min((end.finished if end else None) or now, now),
    )
    return with_attempt(status, closed)


def _exit_code(pod: Pod | None, result: CaptureResult | None) -> int | None:
    """Return what a pod ended with, or is about to: one that tells its result by itself ends with the code for it."""
    if pod is None or pod.termination is not None:
        return pod.termination.exit_code if pod and pod.termination else None
    if result is None or not isinstance(pod, CapturePod):
        return None
    return int(exit_code_of(result.failure.reason)) if result.failure else int(ExitCode.SUCCEEDED)


def _peak_memory(pod: Pod | None, failure: Failed | None, result: CaptureResult | None) -> int | None:
    """Return how much memory an attempt used at most: all of it if the kernel killed it for that, else what it told."""
    if pod is not None and pod.oom_killed and failure is not None and failure.kind is FailureKind.MEMORY:
        return pod.memory_limit
    return result.peak_memory if result else None


def _timings(status: Status, result: CaptureResult | None) -> Timings:
    stages = {verdict.stage: verdict.milliseconds for verdict in result.stages} if result else {}
    return replace(
        status.timings or Timings(),
        navigate=stages.get(Stage.OPEN),
        settle=stages.get(Stage.SETTLE),
        shoot=stages.get(Stage.SHOOT),
        upload=stages.get(Stage.UPLOAD),
    )


def _tell_page(status: Status, failure: Failed) -> Status:
    """Say which page was reached by a failed run, unless the status still tells of stored images."""
    if failure.result is None or status.outputs:
        return status
    result = failure.result
    return replace(status, page=result.page, verdict=verdict_of(result))


def _name(pod: Pod | None) -> tuple[str, ...]:
    # A warm pod goes on, or is cleared away when it has given all of its claims back.
    return (pod.name,) if isinstance(pod, CapturePod) and not pod.deleting else ()
