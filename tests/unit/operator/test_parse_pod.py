"""Every shape in which Kubernetes and strangers show a pod becomes the same few words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_pod import CapturePod, Pod, Termination, WarmPod
from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.api.parse_pod import NotACapturePodError, parse_pod
from unit.operator.builders import UID, raw_container_status, raw_pod, raw_warm_pod

START = "2026-01-01T12:00:05Z"
STARTED = datetime(2026, 1, 1, 12, 0, 5, tzinfo=UTC)


def told(pod: Pod, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(pod, name) for name in names)


def test_pod_that_was_just_created() -> None:
    pod = parse_pod(raw_pod())
    assert told(pod, "generation", "run", "attempt", "phase") == (1, 1, 1, "Pending")
    assert told(pod, "owner", "request_uid", "node_name") == (Key("team", "shot"), UID, "node-1")
    assert told(pod, "started", "termination", "has_ended", "deleting") == (None, None, False, False)
    assert pod.memory_limit == 768 * 2**20


def test_warm_pod_is_of_a_class_and_of_no_request() -> None:
    pod = parse_pod(raw_warm_pod(generation=3))
    assert isinstance(pod, WarmPod)
    assert not isinstance(pod, CapturePod)
    assert told(pod, "owner", "class_uid", "generation") == (Pool("team", "default"), "class-default", 3)


def test_digest_of_a_token_is_read() -> None:
    assert parse_pod(raw_pod()).token_digest == ""
    assert parse_pod(raw_pod(annotations={crd.TOKEN_ANNOTATION: "ab12"})).token_digest == "ab12"


def test_pod_without_any_status_is_pending() -> None:
    raw = raw_pod()
    del raw["status"], raw["spec"]["nodeName"]
    assert told(parse_pod(raw), "phase", "node_name", "has_ended") == ("Pending", None, False)


def test_running_pod() -> None:
    pod = parse_pod(raw_pod(raw_container_status("Running", running={"startedAt": START})))
    assert told(pod, "phase", "started", "has_ended") == ("Running", STARTED, False)


def test_waiting_pod() -> None:
    status = raw_container_status("Pending", waiting={"reason": "ImagePullBackOff", "message": "no such image"})
    pod = parse_pod(raw_pod(status))
    assert told(pod, "waiting_reason", "waiting_message") == ("ImagePullBackOff", "no such image")


def test_pod_whose_container_ended() -> None:
    end = {"exitCode": 14, "reason": "Error", "message": "{}", "startedAt": START, "finishedAt": "2026-01-01T12:00:09Z"}
    pod = parse_pod(raw_pod(raw_container_status("Failed", terminated=end)))
    finished = datetime(2026, 1, 1, 12, 0, 9, tzinfo=UTC)
    assert pod.termination == Termination(14, "Error", "{}", STARTED, finished)
    assert told(pod, "has_ended", "oom_killed", "started") == (True, False, STARTED)


def test_container_that_ended_counts_before_its_pod_does() -> None:
    pod = parse_pod(raw_pod(raw_container_status("Running", terminated={"exitCode": 0, "reason": "Completed"})))
    assert pod.has_ended


def test_container_that_was_killed_for_memory() -> None:
    end = {"exitCode": 137, "reason": "OOMKilled", "startedAt": None, "finishedAt": None}
    pod = parse_pod(raw_pod(raw_container_status("Failed", terminated=end)))
    assert pod.oom_killed
    assert pod.termination == Termination(137, "OOMKilled", "", None, None)


def test_evicted_pod_has_no_container() -> None:
    pod = parse_pod(raw_pod({"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource"}))
    assert told(pod, "reason", "message", "has_ended") == ("Evicted", "The node was low on resource", True)


@pytest.mark.parametrize(
    ("condition", "told_reason"),
    [
        ({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}, "0/1 nodes"),
        ({"type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "message": "gated"}, ""),
        ({"type": "PodScheduled", "status": "True"}, ""),
    ],
    ids=["no node fits", "gated", "scheduled"],
)
def test_unschedulable_pod(condition: dict[str, str], told_reason: str) -> None:
    assert parse_pod(raw_pod({"phase": "Pending", "conditions": [condition]})).unschedulable == told_reason


@pytest.mark.parametrize(
    ("status", "scheduled"), [("True", STARTED), ("False", None)], ids=["has a node", "waits for one"]
)
def test_scheduled_pod(status: str, scheduled: datetime | None) -> None:
    condition = {"type": "PodScheduled", "status": status, "lastTransitionTime": START}
    assert parse_pod(raw_pod({"phase": "Pending", "conditions": [condition]})).scheduled == scheduled


@pytest.mark.parametrize(("status", "disrupted"), [("True", True), ("False", False)], ids=["true", "false"])
def test_disrupted_pod(status: str, disrupted: bool) -> None:
    conditions = [{"type": "DisruptionTarget", "status": status, "reason": "EvictionByEvictionAPI"}]
    assert parse_pod(raw_pod({"phase": "Failed", "conditions": conditions})).disrupted is disrupted


def test_other_containers_are_passed_over() -> None:
    raw = raw_pod(raw_container_status("Running", running={"startedAt": START}))
    proxy = {"name": "istio-proxy", "state": {"terminated": {"exitCode": 1, "reason": "OOMKilled"}}}
    raw["status"]["containerStatuses"].insert(0, proxy)
    raw["spec"]["containers"].insert(0, {"name": "istio-proxy", "resources": {"limits": {"memory": "64Mi"}}})
    pod = parse_pod(raw)
    assert told(pod, "started", "oom_killed", "memory_limit") == (STARTED, False, 768 * 2**20)


def test_deleting_pod() -> None:
    assert parse_pod(raw_pod(deletionTimestamp="2026-01-01T12:00:00Z")).deleting


def labels(**changes: str) -> dict[str, str]:
    return {**raw_pod()["metadata"]["labels"], **changes}


@pytest.mark.parametrize(
    "metadata",
    [
        {"ownerReferences": None},
        {"ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "u"}]},
        {"ownerReferences": [{"apiVersion": "other.dev/v1", "kind": crd.REQUEST_KIND, "name": "s", "uid": "u"}]},
        {"labels": {crd.MANAGED_BY_LABEL: crd.MANAGED_BY}},
        {"labels": labels(**{crd.RUN_LABEL: "first"})},
    ],
    ids=["no owner", "a job's", "another group's", "our label only", "no number"],
)
def test_pod_of_somebody_else_is_told_apart(metadata: dict[str, Any]) -> None:
    with pytest.raises(NotACapturePodError, match="team/shot"):
        parse_pod(raw_pod(**metadata))


CAPTURE_LABELS = {
    crd.MANAGED_BY_LABEL: crd.MANAGED_BY,
    crd.NAME_LABEL: crd.CAPTURE_NAME,
    crd.REQUEST_LABEL: "shot",
    crd.UID_LABEL: UID,
    crd.GENERATION_LABEL: "1",
    crd.RUN_LABEL: "2",
    crd.ATTEMPT_LABEL: "3",
}
WARM_LABELS = {
    crd.MANAGED_BY_LABEL: crd.MANAGED_BY,
    crd.NAME_LABEL: crd.WARM_NAME,
    crd.CLASS_LABEL: "default",
    crd.GENERATION_LABEL: "1",
}


def test_pod_whose_owner_was_taken_off_is_known_by_its_labels() -> None:
    pod = parse_pod(raw_pod(labels=CAPTURE_LABELS, ownerReferences=[]))
    assert isinstance(pod, CapturePod)
    assert told(pod, "owner", "request_uid", "run", "attempt") == (Key("team", "shot"), UID, 2, 3)


def test_warm_pod_whose_owner_was_taken_off_is_of_no_class_that_is_there() -> None:
    pod = parse_pod(raw_warm_pod(labels=WARM_LABELS, ownerReferences=[]))
    assert told(pod, "owner", "class_uid") == (Pool("team", "default"), "")


@pytest.mark.parametrize(
    ("labels", "owners"),
    [
        (CAPTURE_LABELS, [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "theirs", "uid": "1"}]),
        ({crd.MANAGED_BY_LABEL: crd.MANAGED_BY}, []),
        ({**CAPTURE_LABELS, crd.NAME_LABEL: "theirs"}, []),
    ],
    ids=["another owner", "one label", "another name"],
)
def test_labels_alone_make_no_pod_ours(labels: dict[str, str], owners: list[Any]) -> None:
    with pytest.raises(NotACapturePodError):
        parse_pod(raw_pod(labels=labels, ownerReferences=owners))


def test_pod_counts_against_what_it_was_made_for() -> None:
    made_for = {crd.CLASS_ANNOTATION: "fast", crd.HOST_ANNOTATION: "example.com"}
    pod = parse_pod(raw_pod(annotations=made_for))
    assert isinstance(pod, CapturePod)
    assert pod.share == Share("fast", "team", "example.com")
    older = parse_pod(raw_pod())
    assert isinstance(older, CapturePod)
    assert older.share == Share("", "team", ""), "one of an older version counts against no class"
