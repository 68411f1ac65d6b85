"""Our pods, from raw to value. Everything in a pod's status is told by others: nothing in it is trusted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_pod import CapturePod, Termination, WarmPod
from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.scalars import parse_bytes, parse_time

Raw = Mapping[str, Any]


class NotACapturePodError(ValueError):
    """A pod carries our label but not what every capture pod has: somebody else made it."""


def parse_pod(body: Raw) -> CapturePod | WarmPod:
    """Return the pod in a raw body; raise `NotACapturePodError` when it is not one of ours."""
    metadata = body["metadata"]
    owner, facts = _owner(metadata), _facts(body)
    if owner["kind"] == crd.CLASS_KIND:
        [generation] = _numbers(metadata, crd.GENERATION_LABEL)
        return WarmPod(**facts, generation=generation, class_uid=owner["uid"], class_name=owner["name"])
    generation, run, attempt = _numbers(metadata, crd.GENERATION_LABEL, crd.RUN_LABEL, crd.ATTEMPT_LABEL)
    return CapturePod(
        **facts,
        share=_share(metadata),
        generation=generation,
        request_uid=owner["uid"],
        request_name=owner["name"],
        run=run,
        attempt=attempt,
    )


def _numbers(metadata: Raw, *names: str) -> tuple[int, ...]:
    labels = metadata.get("labels") or {}
    try:
        return tuple(int(labels[name]) for name in names)
    except (KeyError, ValueError) as error:
        raise NotACapturePodError(f"pod {metadata['namespace']}/{metadata['name']} lacks the label {error}") from error


def _share(metadata: Raw) -> Share:
    annotations = metadata.get("annotations") or {}
    return Share(
        annotations.get(crd.CLASS_ANNOTATION, ""), metadata["namespace"], annotations.get(crd.HOST_ANNOTATION, "")
    )


def _facts(body: Raw) -> dict[str, Any]:
    """Return what is known of a pod whatever it is for."""
    metadata, status = body["metadata"], body.get("status") or {}
    container = _capture_container(status)
    state = container.get("state") or {}
    waiting = state.get("waiting") or {}
    terminated = state.get("terminated") or {}
    started = (state.get("running") or terminated).get("startedAt")
    return dict(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=metadata["uid"],
        resource_version=metadata["resourceVersion"],
        token_digest=(metadata.get("annotations") or {}).get(crd.TOKEN_ANNOTATION, ""),
        phase=status.get("phase", "Pending"),
        reason=status.get("reason", ""),
        message=status.get("message", ""),
        created=parse_time(metadata["creationTimestamp"]),
        scheduled=_scheduled(status),
        deleting="deletionTimestamp" in metadata,
        node_name=(body.get("spec") or {}).get("nodeName"),
        started=parse_time(started) if started else None,
        waiting_reason=waiting.get("reason", ""),
        waiting_message=waiting.get("message", ""),
        unschedulable=_unschedulable(status),
        disrupted=_condition(status, "DisruptionTarget").get("status") == "True",
        oom_killed=terminated.get("reason") == "OOMKilled",
        memory_limit=_memory_limit(body),
        termination=_termination(terminated) if terminated else None,
    )


def _owner(metadata: Raw) -> Raw:
    owners = metadata.get("ownerReferences") or ()
    if not owners and (told := _owner_by_labels(metadata.get("labels") or {})) is not None:
        return told
    for owner in owners:
        if owner.get("kind") in _OWNERS and owner.get("apiVersion", "").startswith(f"{crd.GROUP}/"):
            return dict(owner)
    name = f"{metadata['namespace']}/{metadata['name']}"
    raise NotACapturePodError(f"pod {name} has no ScreenshotRequest and no CaptureClass as its owner")


_OWNERS = (crd.REQUEST_KIND, crd.CLASS_KIND)


def _owner_by_labels(labels: Raw) -> Raw | None:
    """Return whose pod this was by our labels: a deletion that orphans takes the owner off, and nobody would end it."""
    if labels.get(crd.NAME_LABEL) == crd.CAPTURE_NAME and crd.UID_LABEL in labels:
        return {"kind": crd.REQUEST_KIND, "name": labels.get(crd.REQUEST_LABEL, ""), "uid": labels[crd.UID_LABEL]}
    if labels.get(crd.NAME_LABEL) == crd.WARM_NAME and crd.CLASS_LABEL in labels:
        return {"kind": crd.CLASS_KIND, "name": labels[crd.CLASS_LABEL], "uid": ""}
    return None


def _capture_container(status: Raw) -> Raw:
    containers = status.get("containerStatuses") or ()
    return next((item for item in containers if item["name"] == crd.CAPTURE_CONTAINER), {})


def _condition(status: Raw, kind: str) -> Raw:
    return next((item for item in status.get("conditions") or () if item["type"] == kind), {})


def _scheduled(status: Raw) -> datetime | None:
    scheduled = _condition(status, "PodScheduled")
    since = scheduled.get("lastTransitionTime") if scheduled.get("status") == "True" else None
    return parse_time(since) if since else None


def _unschedulable(status: Raw) -> str:
    scheduled = _condition(status, "PodScheduled")
    return scheduled.get("message", "") if scheduled.get("reason") == "Unschedulable" else ""


def _memory_limit(body: Raw) -> int | None:
    for container in (body.get("spec") or {}).get("containers") or ():
        if container["name"] == crd.CAPTURE_CONTAINER:
            limit = ((container.get("resources") or {}).get("limits") or {}).get("memory")
            return parse_bytes(str(limit)) if limit is not None else None
    return None


def _termination(terminated: Raw) -> Termination:
    started, finished = terminated.get("startedAt"), terminated.get("finishedAt")
    return Termination(
        exit_code=terminated.get("exitCode", 0),
        reason=terminated.get("reason", ""),
        message=terminated.get("message", ""),
        started=parse_time(started) if started else None,
        finished=parse_time(finished) if finished else None,
    )
