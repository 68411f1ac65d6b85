"""What a capture pod's state means: still starting, held up, running, done, or failed in one of five ways."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import lru_cache

from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.reasons import Reason, is_retryable, reason_of
from kubeshot_contract.result import CaptureResult, Failure
from kubeshot_contract.result_message import decode_result
from kubeshot_operator.api.capture_pod import CapturePod, Pod, Termination

# How long an image pull or a container's creation may fail before the attempt is given up; the kubelet retries it. It
# begins when the pod has a node: a pod that waited for one for an hour has not tried anything yet.
START_PATIENCE = timedelta(minutes=2)
# The exit code of a process that got SIGKILL (128 + 9): the kernel's memory killer or somebody's hand.
_KILLED = 137

# Of a node that shuts down, Terminated is said of pods that ran, NodeShutdown of those that it did not take any more.
_NEVER_STARTED = (
    *("Evicted", "NodeShutdown", "Terminated", "NodeAffinity", "NodeLost", "UnexpectedAdmissionError", "Preempting"),
)
_RETRIED_WAITS = {
    "ErrImagePull": Reason.IMAGE_PULL_FAILED,
    "ImagePullBackOff": Reason.IMAGE_PULL_FAILED,
    "RegistryUnavailable": Reason.IMAGE_PULL_FAILED,
    "CreateContainerError": Reason.POD_REJECTED,
    "RunContainerError": Reason.POD_REJECTED,
}
_FINAL_WAITS = {
    "InvalidImageName": Reason.IMAGE_PULL_FAILED,
    "ErrImageNeverPull": Reason.IMAGE_PULL_FAILED,
    "ImageInspectError": Reason.IMAGE_PULL_FAILED,
    "CreateContainerConfigError": Reason.POD_REJECTED,
}

# A pass that asks for a fact reads the same message once more.
_decoded = lru_cache(maxsize=32)(decode_result)


class FailureKind(Enum):
    """What an attempt's failure means for the next one."""

    INFRASTRUCTURE = auto()
    """The cluster's doing: tried again, free of charge."""
    MEMORY = auto()
    """Tried again with more memory."""
    TRANSIENT = auto()
    """Tried again while the request's retries last."""
    FINAL = auto()
    """Not tried again."""


@dataclass(frozen=True, slots=True)
class Starting:
    """The pod is on its way."""


@dataclass(frozen=True, slots=True)
class Held:
    """The pod cannot start for now, and waiting may help, at most until `until`."""

    reason: Reason
    message: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Running:
    """The capture runs."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The capture says that it stored its images."""

    result: CaptureResult


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt came to nothing. `result` is how far it came, where it could say so."""

    reason: Reason
    message: str
    kind: FailureKind
    result: CaptureResult | None = None


PodState = Starting | Held | Running | Finished | Failed


def read_pod(pod: CapturePod, now: datetime) -> PodState:
    """Return what the pod's state means at this moment."""
    return _read_end(pod) if pod.has_ended else read_life(pod, now)


def read_report(result: CaptureResult, memory_limit: int | None) -> Finished | Failed:
    """Return what the end of a capture means that reported it by itself; it is believed as its last word would be.

    `memory_limit` is that of its pod, if it had one of its own.
    """
    if result.failure is None:
        return Finished(result)
    return _reported_failure(result, result.failure, memory_limit)


def read_life(pod: Pod, now: datetime) -> Starting | Held | Running | Failed:
    """Return what the state of a pod means that has not ended."""
    if pod.started is not None:
        return Running()
    if pod.unschedulable:
        return Held(Reason.UNSCHEDULABLE, f"no node takes pod {pod.name}: {pod.unschedulable}", None)
    return _read_waiting(pod, now)


def _read_waiting(pod: Pod, now: datetime) -> Starting | Held | Failed:
    reason, told = pod.waiting_reason, f"pod {pod.name}: {pod.waiting_reason}: {pod.waiting_message}"
    if reason in _FINAL_WAITS:
        return Failed(_FINAL_WAITS[reason], told, FailureKind.FINAL)
    if reason not in _RETRIED_WAITS:
        return Starting()
    if "seccomp" in pod.waiting_message:
        message = f"node {pod.node_name} lacks the seccomp profile for Chromium's sandbox: {pod.waiting_message}"
        return Failed(Reason.SANDBOX_UNAVAILABLE, message, FailureKind.FINAL)
    until = (pod.scheduled or pod.created) + START_PATIENCE
    if now < until:
        return Held(_RETRIED_WAITS[reason], told, until)
    return Failed(_RETRIED_WAITS[reason], told, FailureKind.FINAL)


def _read_end(pod: CapturePod) -> PodState:
    result, unreadable = _read_result(pod, pod.termination) if pod.termination else (None, "")
    if result is not None and result.finished and result.failure is None:
        # It was done, whatever came upon its pod then.
        return Finished(result)
    if pod.reason in _NEVER_STARTED or pod.reason.startswith("OutOf") or pod.disrupted:
        reason = Reason.EVICTED if pod.reason in ("Evicted", "") or pod.disrupted else Reason.POD_REJECTED
        told = pod.message or pod.reason or "it was disrupted"
        return Failed(reason, f"the cluster ended pod {pod.name}: {told}", FailureKind.INFRASTRUCTURE, result)
    if pod.termination is None:
        return _read_end_without_container(pod)
    return _read_failure(pod, pod.termination, result, unreadable)


def _read_end_without_container(pod: CapturePod) -> PodState:
    if pod.reason == "DeadlineExceeded":
        return _deadline_exceeded(pod, None)
    message = f"pod {pod.name} ended without its container's word: {pod.message or pod.reason or 'no reason given'}"
    return Failed(Reason.POD_LOST, message, FailureKind.INFRASTRUCTURE)


def _read_failure(pod: CapturePod, end: Termination, result: CaptureResult | None, unreadable: str) -> Failed:
    if pod.oom_killed:
        return _out_of_memory(result, pod.memory_limit)
    if result is not None and result.failure is not None:
        return _reported_failure(result, result.failure, pod.memory_limit)
    if pod.reason == "DeadlineExceeded":
        return _deadline_exceeded(pod, result)
    if pod.deleting:
        return Failed(Reason.POD_LOST, f"pod {pod.name} was deleted", FailureKind.INFRASTRUCTURE, result)
    if end.exit_code == _KILLED:
        return _out_of_memory(result, pod.memory_limit)
    return _unreported_end(pod, end, unreadable)


def _read_result(pod: CapturePod, end: Termination) -> tuple[CaptureResult | None, str]:
    try:
        result = _decoded(end.message)
    except MalformedMessageError as error:
        return None, str(error)
    if (result.run, result.attempt) != (pod.run, pod.attempt):
        return None, f"it is of run {result.run}, attempt {result.attempt}"
    return result, ""


def _reported_failure(result: CaptureResult, failure: Failure, memory_limit: int | None) -> Failed:
    if failure.reason is Reason.OUT_OF_MEMORY:
        return _out_of_memory(result, memory_limit)
    kind = FailureKind.TRANSIENT if failure.retryable else FailureKind.FINAL
    return Failed(failure.reason, failure.message, kind, result)


def _out_of_memory(result: CaptureResult | None, memory_limit: int | None) -> Failed:
    limit = (
        "it could have in a pod with others"
        if memory_limit is None
        else f"the pod's limit of {memory_limit // 2**20} MiB"
    )
    message = f"the page needed more memory than {limit}"
    return Failed(Reason.OUT_OF_MEMORY, message, FailureKind.MEMORY, result)


def _deadline_exceeded(pod: CapturePod, result: CaptureResult | None) -> Failed:
    message = f"pod {pod.name} did not end within the class's attemptTimeout{_last_stage(result)}"
    return Failed(Reason.DEADLINE_EXCEEDED, message, FailureKind.TRANSIENT, result)


def _last_stage(result: CaptureResult | None) -> str:
    return f"; its last finished stage was {result.stages[-1].stage}" if result and result.stages else ""


def _unreported_end(pod: CapturePod, end: Termination, unreadable: str) -> Failed:
    reason = reason_of(end.exit_code) or Reason.UNREADABLE_RESULT
    kind = FailureKind.TRANSIENT if is_retryable(reason) else FailureKind.FINAL
    detail = unreadable or "it does not say how it ended"
    message = f"pod {pod.name} ended with exit code {end.exit_code} ({end.reason or 'no reason'}); its result: {detail}"
    return Failed(reason, message, kind)
