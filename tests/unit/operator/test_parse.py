"""A raw request or class becomes a value with every field in its place; a wrong one says what is wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kubeshot_contract.options import Sandbox
from kubeshot_contract.spec import URLSource
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import Storage
from kubeshot_operator.api.model import Key, RequestSpec, Status
from kubeshot_operator.api.parse import UnreadableObjectError, parse_class, parse_request
from unit.contract.make import make_spec, raw_spec
from unit.operator.builders import make_request, raw_class, raw_request


def without(raw: dict[str, Any], *path: str) -> dict[str, Any]:
    """Return the object without the field at this path."""
    name, *rest = path
    if not rest:
        return {key: value for key, value in raw.items() if key != name}
    return {**raw, name: without(raw[name], *rest)}


def test_every_field_of_a_spec_is_read() -> None:
    page: dict[str, Any] = {
        "html": "<p>hello",
        "device": "iPhone 15",
        "emulate": {"colorScheme": "Dark"},
        "request": {"cookies": [{"name": "sid", "value": "1", "domain": "example.com"}]},
        "prepare": {"hide": [".chat"]},
        "wait": {"until": "Load", "delay": "500ms"},
        "failOn": {"httpStatus": False},
        "outputs": [{"name": "full", "area": "FullPage", "format": "JPEG", "quality": 80}],
    }
    spec = raw_spec(
        **page,
        captureClassName="fast",
        storage={"keyPrefix": "marketing/"},
        priority=5,
        suspend=True,
        deadline="10m",
        retry={"limit": 7},
        ttlAfterFinished="1h",
        retention="Delete",
    )
    assert parse_request(raw_request(spec)).spec == RequestSpec(
        page=make_spec(**page),
        class_name="fast",
        key_prefix="marketing/",
        priority=5,
        suspend=True,
        deadline=timedelta(minutes=10),
        retry_limit=7,
        ttl_after_finished=timedelta(hours=1),
        retention=crd.Retention.DELETE,
    )


def test_only_the_page_is_sent_on() -> None:
    request = parse_request(raw_request(raw_spec(storage={"keyPrefix": "marketing/"}, suspend=True)))
    assert request.spec is not None
    assert set(request.spec.page.raw) == {
        *("url", "viewport", "emulate", "request", "prepare", "wait", "failOn", "outputs"),
    }


def test_metadata_is_read() -> None:
    raw = raw_request(
        generation=4,
        resourceVersion="77",
        deletionTimestamp="2026-01-01T13:00:00Z",
        annotations={crd.REQUESTED_AT_ANNOTATION: "today"},
        finalizers=["example.com/theirs", "kubeshot.dev/stored-images"],
    )
    request = parse_request(raw)
    assert request.finalizers == ("example.com/theirs", "kubeshot.dev/stored-images")
    assert request.is_held
    assert (request.key, request.generation, request.resource_version) == (Key("team", "shot"), 4, "77")
    assert (request.deleting, request.requested_at) == (True, "today")
    assert request.created == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_fresh_request_has_no_run() -> None:
    request = parse_request(raw_request())
    assert request.status == Status(observed_generation=-1)
    assert request.spec is not None
    assert request.spec.page.source == URLSource("http://127.0.0.1/")


def test_annotation_that_the_status_could_not_hold_is_cut() -> None:
    long = parse_request(raw_request(annotations={crd.REQUESTED_AT_ANNOTATION: "x" * 300}))
    assert long.requested_at == "x" * 256, "the CRD takes 256 characters, or no status could be written ever again"


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (without(raw_spec(), "deadline"), "deadline is missing"),
        (without(raw_spec(), "wait"), "spec.wait is not a JSON object"),
        (without(raw_spec(), "wait", "until"), "spec.wait.until is not one of Settled"),
        (without(raw_spec(), "url"), "spec.htmlFrom is not a JSON object"),
        (raw_spec(deadline="soon"), "'soon' is not a duration"),
        (raw_spec(outputs=[{"name": "a", "area": "Moon"}]), "spec.outputs[0].area is not one of Viewport"),
        (raw_spec(retry=3), "object is not subscriptable"),
    ],
    ids=[
        "no deadline",
        "no wait",
        "no wait.until",
        "no page",
        "bad duration",
        "unknown area",
        "number for an object",
    ],
)
def test_spec_that_cannot_be_read_is_told_not_raised(spec: dict[str, Any], told: str) -> None:
    request = parse_request(raw_request(spec))
    assert request.spec is None
    assert told in (request.invalid or "")
    assert "CRDs" in (request.invalid or "")


def test_status_that_cannot_be_read_is_a_named_error() -> None:
    with pytest.raises(UnreadableObjectError, match="team/shot"):
        parse_request(raw_request(status={"phase": "Dreaming"}))


def test_stored_status_does_not_count_when_requests_are_compared() -> None:
    assert make_request() == parse_request(raw_request(status={"observedGeneration": -1, "foreign": True}))


def test_every_field_of_a_class_is_read() -> None:
    raw = raw_class(
        storage={
            "endpoint": "https://s3.example.com/",
            "publicEndpoint": "https://cdn.example.com/",
            "caBundle": "PEM",
            "encryption": {"type": "KMS", "kmsKeyID": "k1"},
        },
        pod={"nodeSelector": {"disk": "ssd"}, "labels": {"a": "b"}, "annotations": {"c": "d"}, "sandbox": "Disabled"},
    )
    parsed = parse_class(raw)
    assert (parsed.name, parsed.is_default, parsed.attempt_timeout) == ("default", True, timedelta(seconds=60))
    assert (parsed.pod.memory, parsed.pod.max_memory, parsed.pod.sandbox) == (768 << 20, 2 << 30, Sandbox.DISABLED)
    assert parsed.pod.requests == {"cpu": "250m", "memory": "384Mi"}
    assert (parsed.pod.labels, parsed.pod.annotations) == ({"a": "b"}, {"c": "d"})
    assert parsed.pod.extra == {"nodeSelector": {"disk": "ssd"}}
    assert parsed.storage == Storage(
        endpoint="https://s3.example.com",
        public_endpoint="https://cdn.example.com",
        region="us-east-1",
        bucket="shots",
        credentials_secret="bucket",
        ca_bundle="PEM",
        key_template="{namespace}/{prefix}{name}/{uid}/{run}/{output}.{extension}",
        encryption=crd.Encryption.KMS,
        kms_key_id="k1",
    )


def test_number_as_a_quantity_is_read() -> None:
    parsed = parse_class(raw_class(pod={"resources": {"requests": {"cpu": 1}, "limits": {"memory": 1 << 30}}}))
    assert (parsed.pod.requests, parsed.pod.memory) == ({"cpu": "1"}, 1 << 30)


@pytest.mark.parametrize("annotation", ["false", "", "True"], ids=["false", "empty", "capital"])
def test_class_without_the_very_annotation_is_no_default(annotation: str) -> None:
    assert not parse_class(raw_class(is_default=annotation)).is_default


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (without(raw_class(), "spec", "pod"), "CaptureClass default: pod is missing"),
        (without(raw_class(), "spec", "pod", "resources", "limits", "memory"), "memory is missing"),
        (raw_class(pod={"maxMemory": "lots"}), "'lots' is not a Kubernetes quantity"),
        (raw_class(storage={"encryption": {"type": "Rot13"}}), "'Rot13' is not a valid Encryption"),
    ],
    ids=["no pod", "no memory limit", "bad quantity", "unknown encryption"],
)
def test_class_that_cannot_be_read_is_a_named_error(raw: dict[str, Any], told: str) -> None:
    with pytest.raises(UnreadableObjectError, match=told):
        parse_class(raw)
