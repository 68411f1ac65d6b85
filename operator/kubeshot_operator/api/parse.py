"""Raw Kubernetes objects in, values out: the only place that indexes into a raw body."""

from collections.abc import Mapping
from typing import Any

from kubeshot_contract.options import Sandbox
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass, PodTemplate, Reuse, Storage
from kubeshot_operator.api.keeper import read_keeper
from kubeshot_operator.api.limits import Limits
from kubeshot_operator.api.model import Key, RequestSpec, ScreenshotRequest, Status
from kubeshot_operator.api.parse_page import parse_page
from kubeshot_operator.api.parse_status import parse_status
from kubeshot_operator.api.scalars import parse_bytes, parse_duration, parse_time
from kubeshot_operator.api.selector import parse_selector
from kubeshot_operator.api.stored_status import pack_status

Raw = Mapping[str, Any]

# Fields of a class's pod that mean the same in a pod's spec.
_PASSED_ON = ("runtimeClassName", "nodeSelector", "tolerations", "affinity", "priorityClassName", "imagePullSecrets")

# The CRD's limit of status.requestedAt: a longer annotation must not keep the status from being written.
_MAX_REQUESTED_AT = 256


class UnreadableObjectError(ValueError):
    """An object does not have the shape that its CRD promises: CRD and operator are of different versions."""


def parse_request(body: Raw, before: ScreenshotRequest | None = None) -> ScreenshotRequest:
    """Return the request in a raw body. A spec that cannot be read is told in `invalid`, not raised.

    With the request as it was before, a spec of the same generation is taken from there.
    Raises `UnreadableObjectError` when the status, which only an operator writes, cannot be read.
    """
    metadata = body["metadata"]
    raw_status = body.get("status") or {}
    if before is not None and _has_same_spec(body, before):
        spec, invalid, lacks_defaults = before.spec, before.invalid, False
    else:
        spec, invalid, lacks_defaults = _read_spec(body)
    return ScreenshotRequest(
        key=Key(metadata["namespace"], metadata["name"]),
        uid=metadata["uid"],
        generation=metadata.get("generation", 1),
        resource_version=metadata["resourceVersion"],
        created=parse_time(metadata["creationTimestamp"]),
        deleting="deletionTimestamp" in metadata,
        finalizers=tuple(metadata.get("finalizers") or ()),
        keeper=read_keeper(metadata),
        requested_at=read_requested_at(metadata),
        spec=spec,
        invalid=invalid,
        lacks_defaults=lacks_defaults,
        status=_read_status(metadata, raw_status),
        stored_status=pack_status(raw_status),
    )


def parse_class(body: Raw) -> CaptureClass:
    """Return the class in a raw body; raise `UnreadableObjectError` when a field is missing or of the wrong kind."""
    metadata, spec = body["metadata"], body["spec"]
    try:
        return CaptureClass(
            name=metadata["name"],
            uid=metadata["uid"],
            generation=metadata.get("generation", 1),
            is_default=(metadata.get("annotations") or {}).get(crd.DEFAULT_CLASS_ANNOTATION) == "true",
            pod=_parse_pod_template(spec["pod"]),
            storage=_parse_storage(spec["storage"]),
            limits=_parse_limits(spec["limits"]),
            attempt_timeout=parse_duration(spec["limits"]["attemptTimeout"]),
            namespaces=parse_selector(spec["namespaces"]),
            reuse=_parse_reuse(spec["reuse"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableObjectError(f"CaptureClass {metadata['name']}: {_describe(error)}") from error


def _has_same_spec(body: Raw, before: ScreenshotRequest) -> bool:
    """Say whether the spec is the one of `before`; a newer CRD adds defaults that it lacks to the same generation."""
    metadata = body["metadata"]
    is_same = (before.uid, before.generation) == (metadata["uid"], metadata.get("generation", 1))
    return is_same and not before.lacks_defaults


def _read_spec(body: Raw) -> tuple[RequestSpec | None, str | None, bool]:
    """Return the spec, or why it cannot be read and whether that is for want of a field."""
    try:
        return _parse_spec(body["spec"]), None, False
    except (KeyError, TypeError, ValueError) as error:
        told = f"the spec cannot be read: {_describe(error)}; are the installed CRDs as new as the operator?"
        return None, told, isinstance(error, KeyError)


def _read_status(metadata: Raw, raw: Raw) -> Status:
    try:
        return parse_status(raw)
    except (KeyError, TypeError, ValueError) as error:
        told = f"the status of ScreenshotRequest {metadata['namespace']}/{metadata['name']}: {_describe(error)}"
        raise UnreadableObjectError(told) from error


def read_requested_at(metadata: Raw) -> str | None:
    """Return the value of the annotation by which a user asks for another run."""
    value = (metadata.get("annotations") or {}).get(crd.REQUESTED_AT_ANNOTATION)
    return None if value is None else str(value)[:_MAX_REQUESTED_AT]


def _describe(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def _parse_spec(spec: Raw) -> RequestSpec:
    return RequestSpec(
        page=parse_page(spec),
        class_name=spec.get("captureClassName"),
        key_prefix=(spec.get("storage") or {}).get("keyPrefix", ""),
        priority=spec["priority"],
        suspend=spec["suspend"],
        deadline=parse_duration(spec["deadline"]),
        retry_limit=spec["retry"]["limit"],
        ttl_after_finished=parse_duration(spec["ttlAfterFinished"]) if "ttlAfterFinished" in spec else None,
        retention=crd.Retention(spec["retention"]),
    )


def _parse_pod_template(pod: Raw) -> PodTemplate:
    resources = pod["resources"]
    limits = {name: str(quantity) for name, quantity in resources["limits"].items()}
    return PodTemplate(
        image=pod["image"],
        requests={name: str(quantity) for name, quantity in resources["requests"].items()},
        limits=limits,
        memory=parse_bytes(limits["memory"]),
        max_memory=parse_bytes(pod["maxMemory"]),
        sandbox=Sandbox(pod["sandbox"]),
        labels=dict(pod.get("labels") or {}),
        annotations=dict(pod.get("annotations") or {}),
        extra={name: pod[name] for name in _PASSED_ON if name in pod},
    )


def _parse_storage(storage: Raw) -> Storage:
    encryption = storage.get("encryption") or {}
    return Storage(
        endpoint=storage["endpoint"].rstrip("/"),
        public_endpoint=(storage.get("publicEndpoint") or "").rstrip("/") or None,
        region=storage["region"],
        bucket=storage["bucket"],
        credentials_secret=storage["credentialsSecretName"],
        ca_bundle=storage.get("caBundle"),
        key_template=storage["keyTemplate"],
        encryption=crd.Encryption(encryption["type"]) if encryption else None,
        kms_key_id=encryption.get("kmsKeyID"),
    )


def _parse_limits(limits: Raw) -> Limits:
    return Limits(concurrent=limits["concurrent"], per_namespace=limits["perNamespace"], per_host=limits["perHost"])


def _parse_reuse(reuse: Raw) -> Reuse:
    return Reuse(
        mode=crd.ReuseMode(reuse["mode"]),
        max_captures=reuse["maxCaptures"],
        max_age=parse_duration(reuse["maxAge"]),
        idle_timeout=parse_duration(reuse["idleTimeout"]),
        memory_percent=reuse["memoryPercent"],
        pages=reuse["pages"],
        max_pods=reuse["maxPods"],
    )
