"""Objects of the cluster that are valid as they come, raw and as values; a test names only what it is about."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from kubeshot_contract.job import UploadForm
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult, Outcome, Page, Stage, StageVerdict, StoredImage
from kubeshot_contract.result_message import encode_result
from kubeshot_operator.api import crd
from kubeshot_operator.api.bucket import StoredObject
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod, Termination, WarmPod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Attempt, Key, ScreenshotRequest, Status
from kubeshot_operator.api.parse import parse_class, parse_request
from kubeshot_operator.api.parse_pod import parse_pod
from kubeshot_operator.api.parse_status import render_status
from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.decide.tally import Load, Tally
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.queue import WorkQueue
from kubeshot_operator.runtime.state import State
from unit.contract.make import raw_spec

Raw = dict[str, Any]

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
UID = "5f2c0f6e-0000-4000-8000-000000000000"
KEY = Key("team", "shot")
SHA256 = "ab" * 32
DIFFERENCE_HASH = "0f" * 8
OBJECT_KEY = f"team/shot/{UID}/1/screenshot.png"
MEBIBYTE = 2**20
GENEROUS = {"concurrent": 10_000, "perNamespace": 10_000, "perHost": 10_000}


def after(seconds: float) -> datetime:
    """Return the moment so many seconds after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def raw_request(spec: Raw | None = None, status: Raw | None = None, **metadata: Any) -> Raw:
    """Return a request as the API server stores it."""
    return {
        "apiVersion": crd.API_VERSION,
        "kind": crd.REQUEST_KIND,
        "metadata": {
            "namespace": KEY.namespace,
            "name": KEY.name,
            "uid": UID,
            "generation": 1,
            "resourceVersion": "1",
            "creationTimestamp": "2026-01-01T12:00:00Z",
            **metadata,
        },
        "spec": raw_spec() if spec is None else spec,
        "status": {"observedGeneration": -1} if status is None else status,
    }


def make_request(status: Status | None = None, spec: Raw | None = None, **metadata: Any) -> ScreenshotRequest:
    """Return a request; one without a status has not been looked at yet."""
    return parse_request(raw_request(spec, None if status is None else render_status(status), **metadata))


def make_status(phase: Phase = Phase.CAPTURING, **changes: Any) -> Status:
    """Return the status of a first run that was asked for at `NOW`."""
    status = Status(run=1, observed_generation=1, phase=phase, queued_time=NOW)
    return replace(status, **changes)


def make_attempt(index: int = 1, reason: Reason | None = None, **changes: Any) -> Attempt:
    """Return an attempt: under way, or with a reason, one that failed at `NOW`."""
    attempt = Attempt(
        index=index,
        pod_name=f"shot-5f2c0-1-1-{index}",
        memory_limit=768 * MEBIBYTE,
        reason=reason,
        end_time=NOW if reason else None,
        message="it failed" if reason else None,
    )
    return replace(attempt, **changes)


def raw_class(storage: Raw | None = None, pod: Raw | None = None, **changes: Any) -> Raw:
    """Return the class `default`, as the API server stores it.

    `limits`, `namespaces`, `reuse` and `generation` change what they name; where limits are not named there is room.
    """
    return {
        "apiVersion": crd.API_VERSION,
        "kind": "CaptureClass",
        "metadata": {
            "name": changes.get("name", "default"),
            "uid": f"class-{changes.get('name', 'default')}",
            "generation": changes.get("generation", 1),
            "annotations": {crd.DEFAULT_CLASS_ANNOTATION: changes.get("is_default", "true")},
        },
        "spec": {
            "pod": {
                "image": "kubeshot/capture:test",
                "resources": {"requests": {"cpu": "250m", "memory": "384Mi"}, "limits": {"memory": "768Mi"}},
                "maxMemory": "2Gi",
                "sandbox": "Required",
                "seccompProfile": "kubeshot/chromium.json",
                **(pod or {}),
            },
            "storage": {
                "endpoint": "http://minio.storage:9000",
                "region": "us-east-1",
                "bucket": "shots",
                "credentialsSecretName": "bucket",
                "keyTemplate": "{namespace}/{prefix}{name}/{uid}/{run}/{output}.{extension}",
                **(storage or {}),
            },
            "egress": {"allowPrivate": {}, "networkPolicy": "Managed", "maxBytes": "1Gi", **changes.get("egress", {})},
            "limits": {"attemptTimeout": "60s", **GENEROUS, **changes.get("limits", {})},
            "namespaces": changes.get("namespaces", {}),
            "reuse": {
                "mode": "Never",
                "maxCaptures": 50,
                "maxAge": "10m",
                "idleTimeout": "30s",
                "memoryPercent": 80,
                "pages": 2,
                "maxPods": 8,
                **changes.get("reuse", {}),
            },
        },
    }


def make_class(storage: Raw | None = None, pod: Raw | None = None, **changes: Any) -> CaptureClass:
    """Return the class `default`."""
    return parse_class(raw_class(storage, pod, **changes))


def raw_pod(status: Raw | None = None, **metadata: Any) -> Raw:
    """Return the pod of the first attempt of the first run, as the API server stores it when it was just created."""
    attempt = metadata.pop("attempt", 1)
    run = metadata.pop("run", 1)
    generation = metadata.pop("generation", 1)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "namespace": KEY.namespace,
            "name": f"shot-5f2c0-{generation}-{run}-{attempt}",
            "uid": f"pod-{generation}-{run}-{attempt}",
            "resourceVersion": "2",
            "creationTimestamp": "2026-01-01T12:00:00Z",
            "labels": {
                crd.MANAGED_BY_LABEL: crd.MANAGED_BY,
                crd.GENERATION_LABEL: str(generation),
                crd.RUN_LABEL: str(run),
                crd.ATTEMPT_LABEL: str(attempt),
            },
            "ownerReferences": [
                {"apiVersion": crd.API_VERSION, "kind": crd.REQUEST_KIND, "name": KEY.name, "uid": UID}
            ],
            **metadata,
        },
        "spec": {
            "nodeName": "node-1",
            "containers": [{"name": crd.CAPTURE_CONTAINER, "resources": {"limits": {"memory": "768Mi"}}}],
        },
        "status": {"phase": "Pending"} if status is None else status,
    }


def raw_warm_pod(status: Raw | None = None, **metadata: Any) -> Raw:
    """Return a warm pod of the class `default`, as the API server stores it when it was just created."""
    name, generation = metadata.pop("name", "default-warm-1"), metadata.pop("generation", 1)
    raw = raw_pod(
        status,
        name=name,
        uid=f"uid-{name}",
        labels={crd.MANAGED_BY_LABEL: crd.MANAGED_BY, crd.GENERATION_LABEL: str(generation)},
        ownerReferences=[
            {"apiVersion": crd.API_VERSION, "kind": crd.CLASS_KIND, "name": "default", "uid": "class-default"}
        ],
    )
    return {**raw, "metadata": {**raw["metadata"], **metadata}}


def raw_namespace(name: str = KEY.namespace, labels: Raw | None = None, **metadata: Any) -> Raw:
    """Return a namespace, as the API server stores it."""
    return {"metadata": {"name": name, "resourceVersion": "1", "labels": labels or {}, **metadata}}


def raw_container_status(phase: str, **state: Raw) -> Raw:
    """Return the status of a pod whose capture container is in this state."""
    return {"phase": phase, "containerStatuses": [{"name": crd.CAPTURE_CONTAINER, "state": state}]}


def make_pod(**changes: Any) -> CapturePod:
    """Return the pod of the first attempt: created just now. `changes` name fields of `CapturePod`."""
    numbers = {name: changes[name] for name in ("attempt", "run", "generation") if name in changes}
    pod = parse_pod(raw_pod(**numbers))
    assert isinstance(pod, CapturePod)
    return replace(pod, **changes)


def make_warm(**changes: Any) -> WarmPod:
    """Return a warm pod of the class `default` that runs. `changes` name fields of `WarmPod`."""
    named = {"name": changes["name"]} if "name" in changes else {}
    pod = parse_pod(raw_warm_pod(**named))
    assert isinstance(pod, WarmPod)
    return replace(pod, **{"phase": "Running", "started": NOW, **changes})


def make_warm_class(**reuse: Any) -> CaptureClass:
    """Return the class `default` with warm pods."""
    return make_class(reuse={"mode": "Warm", **reuse})


def make_claim(index: int = 1, **changes: Any) -> Attempt:
    """Return an attempt that a warm pod has claimed at `NOW`."""
    return make_attempt(index, **{"pod_name": "default-warm-1", "memory_limit": None, "start_time": NOW, **changes})


def make_running(**changes: Any) -> CapturePod:
    """Return a pod that captures."""
    return make_pod(**{"phase": "Running", "started": NOW, **changes})


def make_end(message: str = "", exit_code: int = 0, **changes: Any) -> Termination:
    """Return the end of a container, at `NOW`."""
    end = Termination(exit_code, "Error" if exit_code else "Completed", message, started=NOW, finished=NOW)
    return replace(end, **changes)


def make_ended(message: str = "", exit_code: int = 0, **changes: Any) -> CapturePod:
    """Return a pod that ended with this termination message and exit code."""
    phase = "Failed" if exit_code else "Succeeded"
    return make_pod(**{"phase": phase, "started": NOW, "termination": make_end(message, exit_code), **changes})


def make_result(**changes: Any) -> CaptureResult:
    """Return the result of an attempt that stored its one image."""
    result = CaptureResult(
        run=1,
        attempt=1,
        finished=True,
        page=Page("https://example.com/pricing", 200, "Pricing"),
        stages=(StageVerdict(Stage.OPEN, Outcome.SETTLED, 40), StageVerdict(Stage.SETTLE, Outcome.SETTLED, 120)),
        outputs=(StoredImage("screenshot", SHA256, 1000, 800, 600, DIFFERENCE_HASH),),
        peak_memory=300 * MEBIBYTE,
    )
    return replace(result, **changes)


def make_finished(result: CaptureResult | None = None, **changes: Any) -> CapturePod:
    """Return a pod whose capture says that it stored everything."""
    return make_ended(encode_result(result or make_result()), **changes)


def make_stored(**changes: Any) -> StoredObject:
    """Return the object that the first run stores."""
    stored = StoredObject(key=OBJECT_KEY, bytes=1000, etag="e1", uid=UID, run="1", sha256=f"sha256-{SHA256}")
    return replace(stored, **changes)


def make_form(**changes: Any) -> UploadForm:
    """Return a form for the first run's image."""
    form = UploadForm("http://minio.storage:9000/shots", OBJECT_KEY, {"key": OBJECT_KEY, "policy": "e30="}, 1 << 26)
    return replace(form, **changes)


def make_state(pods: int = 5) -> State:
    """Return the state of an operator that knows nothing, and allows so many pods."""
    return State(Cache(), WorkQueue(), Admission(Ceiling(pods, 1000)))


def make_waiter(key: Key = KEY, want: Want = Want.OWN_POD, **changes: Any) -> Waiter:
    """Return a request that waits since `NOW` for a capture at no host."""
    share = Share("default", key.namespace, changes.pop("host", ""))
    return replace(Waiter(key, share, want, 0, NOW), **changes)


def make_load(*running: Share, **changes: Any) -> Load:
    """Return what runs at `NOW`: a pod for each of these captures, of the class `default`."""
    captures = Tally()
    for share in running:
        captures.add(share)
    pods = Counter(share.namespace for share in running)
    return replace(Load(len(running), pods, captures, {"default": make_class()}, NOW), **changes)


def make_observation(request: ScreenshotRequest | None = None, *pods: CapturePod, **changes: Any) -> Observation:
    """Return an observation at `NOW` with the default class."""
    return replace(Observation(request or make_request(), pods, make_class(), NOW), **changes)
