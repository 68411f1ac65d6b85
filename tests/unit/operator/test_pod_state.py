"""The table of failure classes: each of its rows is a row here."""

import json
from datetime import timedelta
from typing import Any

import pytest

from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Failure
from kubeshot_contract.result_message import encode_result
from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.decide.pod_state import (
    START_PATIENCE,
    Failed,
    FailureKind,
    Finished,
    Held,
    Running,
    Starting,
    read_pod,
)
from unit.operator.builders import (
    MEBIBYTE,
    NOW,
    after,
    make_end,
    make_ended,
    make_finished,
    make_pod,
    make_result,
    make_running,
)

INFRASTRUCTURE, MEMORY, TRANSIENT, FINAL = FailureKind


def waiting(reason: str, message: str = "because") -> CapturePod:
    return make_pod(waiting_reason=reason, waiting_message=message)


def reported(reason: Reason, *, retryable: bool, exit_code: int = 1, **changes: Any) -> CapturePod:
    result = make_result(failure=Failure(reason, "it says why", retryable), outputs=())
    return make_ended(encode_result(result), exit_code, **changes)


def never_started(reason: str, **changes: Any) -> CapturePod:
    return make_pod(phase="Failed", reason=reason, message="the node says why", **changes)


ENDS = {
    "evicted": (never_started("Evicted"), Reason.EVICTED, INFRASTRUCTURE),
    "node shut down": (never_started("NodeShutdown"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "node shut down under it": (never_started("Terminated"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "node affinity changed": (never_started("NodeAffinity"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "node lost": (never_started("NodeLost"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "kubelet refused": (never_started("UnexpectedAdmissionError"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "out of cpu": (never_started("OutOfcpu"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "out of memory on the node": (never_started("OutOfmemory"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "preempted": (never_started("Preempting"), Reason.POD_REJECTED, INFRASTRUCTURE),
    "disrupted": (make_ended("", 143, disrupted=True), Reason.EVICTED, INFRASTRUCTURE),
    "ended without a container": (make_pod(phase="Failed"), Reason.POD_LOST, INFRASTRUCTURE),
    "deleted by somebody": (make_ended("", 143, deleting=True), Reason.POD_LOST, INFRASTRUCTURE),
    "deleted and killed": (make_ended("", 137, deleting=True), Reason.POD_LOST, INFRASTRUCTURE),
    "OOMKilled": (make_ended("", 137, oom_killed=True), Reason.OUT_OF_MEMORY, MEMORY),
    "OOMKilled with another exit code": (make_ended("", 1, oom_killed=True), Reason.OUT_OF_MEMORY, MEMORY),
    "exit 137": (make_ended("", 137), Reason.OUT_OF_MEMORY, MEMORY),
    "renderer out of memory": (reported(Reason.OUT_OF_MEMORY, retryable=True), Reason.OUT_OF_MEMORY, MEMORY),
    "OOMKilled while it reported": (
        reported(Reason.RENDERER_CRASHED, retryable=True, oom_killed=True),
        Reason.OUT_OF_MEMORY,
        MEMORY,
    ),
    "deadline, killed": (make_ended("", 137, reason="DeadlineExceeded"), Reason.DEADLINE_EXCEEDED, TRANSIENT),
    "deadline, no container": (
        make_pod(phase="Failed", reason="DeadlineExceeded"),
        Reason.DEADLINE_EXCEEDED,
        TRANSIENT,
    ),
    "page answers 404": (reported(Reason.HTTP_ERROR, retryable=False, exit_code=14), Reason.HTTP_ERROR, FINAL),
    "page answers 503": (reported(Reason.HTTP_ERROR, retryable=True, exit_code=14), Reason.HTTP_ERROR, TRANSIENT),
    "blocked": (reported(Reason.BLOCKED_BY_POLICY, retryable=False), Reason.BLOCKED_BY_POLICY, FINAL),
    "upload failed": (reported(Reason.UPLOAD_FAILED, retryable=True), Reason.UPLOAD_FAILED, TRANSIENT),
    "TLS, no result": (make_ended("", ExitCode.TLS_FAILED), Reason.TLS_FAILED, FINAL),
    "DNS, no result": (make_ended("", ExitCode.NAME_NOT_RESOLVED), Reason.NAME_NOT_RESOLVED, TRANSIENT),
    "foreign exit code": (make_ended("", 99), Reason.UNREADABLE_RESULT, TRANSIENT),
    "success without a result": (make_ended("", 0), Reason.UNREADABLE_RESULT, TRANSIENT),
    "result of another version": (make_ended('{"v": 99}', 0), Reason.UNREADABLE_RESULT, TRANSIENT),
    "result that is garbage": (make_ended("\x00" * 4096, 0), Reason.UNREADABLE_RESULT, TRANSIENT),
    "result of another attempt": (make_finished(make_result(attempt=2)), Reason.UNREADABLE_RESULT, TRANSIENT),
    "result of another run": (make_finished(make_result(run=2)), Reason.UNREADABLE_RESULT, TRANSIENT),
    "result that is not finished": (make_finished(make_result(finished=False)), Reason.UNREADABLE_RESULT, TRANSIENT),
    "image never pulled": (waiting("ErrImageNeverPull"), Reason.IMAGE_PULL_FAILED, FINAL),
    "image name invalid": (waiting("InvalidImageName"), Reason.IMAGE_PULL_FAILED, FINAL),
    "configuration error": (waiting("CreateContainerConfigError"), Reason.POD_REJECTED, FINAL),
    "seccomp profile missing": (
        waiting("CreateContainerError", "cannot load seccomp profile"),
        Reason.SANDBOX_UNAVAILABLE,
        FINAL,
    ),
}


@pytest.mark.parametrize(("pod", "reason", "kind"), ENDS.values(), ids=ENDS)
def test_failure_class(pod: CapturePod, reason: Reason, kind: FailureKind) -> None:
    state = read_pod(pod, NOW)
    assert isinstance(state, Failed)
    assert (state.reason, state.kind) == (reason, kind)
    assert state.message


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "CreateContainerError"])
def test_start_that_fails_is_waited_for_two_minutes_and_then_given_up(reason: str) -> None:
    pod = waiting(reason)
    held = read_pod(pod, NOW + START_PATIENCE - timedelta(seconds=1))
    assert isinstance(held, Held)
    assert held.until == NOW + START_PATIENCE
    assert "because" in held.message
    given_up = read_pod(pod, NOW + START_PATIENCE)
    assert isinstance(given_up, Failed)
    assert (given_up.reason, given_up.kind) == (held.reason, FINAL)


@pytest.mark.parametrize("seconds", [0, 100_000], ids=["at first", "a day later"])
def test_pod_that_no_node_takes_is_held_and_never_replaced(seconds: int) -> None:
    state = read_pod(make_pod(unschedulable="0/1 nodes are available"), after(seconds))
    assert state == Held(Reason.UNSCHEDULABLE, f"no node takes pod {make_pod().name}: 0/1 nodes are available", None)


@pytest.mark.parametrize("reason", ["", "ContainerCreating", "PodInitializing"])
def test_pod_on_its_way_is_starting(reason: str) -> None:
    assert read_pod(waiting(reason), after(600)) == Starting()


@pytest.mark.parametrize("pod", [make_running(), make_running(deleting=True)], ids=["running", "being deleted"])
def test_pod_that_captures_is_running(pod: CapturePod) -> None:
    assert read_pod(pod, NOW) == Running()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"exit_code": 137},
        {"oom_killed": True},
        {"reason": "DeadlineExceeded"},
        {"deleting": True},
        {"disrupted": True},
        {"reason": "Evicted"},
    ],
    ids=["plain", "killed", "out of memory", "too late", "deleted", "disrupted", "evicted"],
)
def test_result_that_says_finished_is_believed_however_the_container_ended(changes: dict[str, Any]) -> None:
    assert read_pod(make_finished(**_with_exit_code(changes)), NOW) == Finished(make_result())


def _with_exit_code(changes: dict[str, Any]) -> dict[str, Any]:
    if "exit_code" not in changes:
        return changes
    return {"termination": make_end(encode_result(make_result()), changes["exit_code"])}


def test_memory_failure_names_the_limit_and_keeps_what_was_reported() -> None:
    pod = make_finished(make_result(finished=False), oom_killed=True, memory_limit=768 * MEBIBYTE)
    state = read_pod(pod, NOW)
    assert isinstance(state, Failed)
    assert "768 MiB" in state.message
    assert state.result == make_result(finished=False)


def test_deadline_names_the_last_stage() -> None:
    state = read_pod(make_finished(make_result(finished=False), reason="DeadlineExceeded"), NOW)
    assert isinstance(state, Failed)
    assert "Settle" in state.message


def test_deeply_nested_result_is_unreadable_not_fatal() -> None:
    state = read_pod(make_ended("[" * 4096, 0), NOW)
    assert isinstance(state, Failed)
    assert state.reason is Reason.UNREADABLE_RESULT


def test_result_with_a_failure_but_success_code_is_a_failure() -> None:
    text = json.loads(encode_result(make_result(failure=Failure(Reason.BLANK_IMAGE, "white", True))))
    state = read_pod(make_ended(json.dumps(text), 0), NOW)
    assert isinstance(state, Failed)
    assert (state.reason, state.kind) == (Reason.BLANK_IMAGE, TRANSIENT)
