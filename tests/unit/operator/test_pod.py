"""The pod of an attempt: what the API server takes, what the kubelet hands on, and what the kernel allows."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes import client

from kubeshot_contract.job import STORAGE_CA_VARIABLE, UploadForm
from kubeshot_contract.spec import HTMLSource, URLSource
from kubeshot_operator.adapters import storage as storage_adapter
from kubeshot_operator.adapters.storage import S3Storage
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.decide.pod import PodPlan, build_pod
from kubeshot_operator.decide.pod_body import Access
from kubeshot_operator.decide.uploads import grant_uploads
from unit.contract.make import raw_spec
from unit.operator.builders import MEBIBYTE, make_class, make_form, make_request
from unit.operator.simulation import job_of

# Linux refuses to start a program with a longer string in its environment, the final NUL included (MAX_ARG_STRLEN).
LONGEST_VARIABLE = 131_072
# It takes 2 MiB for all of them, a quarter of the usual limit of the stack; and etcd takes objects up to 1.5 MiB.
LARGEST_ENVIRONMENT = 1 << 20

ACCESS = Access("kubeshot-dispatch.kubeshot-system.svc:8444", "a token")
CHANCE = Random(1)
LETTERS = [chr(code) for code in range(0x21, 0x7F)]

EVERYTHING_SUPPLIED = raw_spec(
    htmlFrom={"configMapKeyRef": {"name": "pages", "key": "home.html"}},
    request={"storageState": {"secretKeyRef": {"name": "session", "key": "state.json"}}},
)


def build(
    request: ScreenshotRequest | None = None,
    capture_class: CaptureClass | None = None,
    forms: dict[str, UploadForm] | None = None,
) -> dict[str, Any]:
    """Return the pod of the first attempt."""
    plan = PodPlan(request or make_request(), capture_class or make_class(), run=1, attempt=1, memory=768 * MEBIBYTE)
    return build_pod(plan, forms or {"screenshot": make_form()}, ACCESS)


def container(pod: dict[str, Any]) -> dict[str, Any]:
    (only,) = pod["spec"]["containers"]
    return dict(only)


def environment(pod: dict[str, Any]) -> dict[str, str]:
    """Return what the kubelet puts into the container's environment, Secrets apart."""
    values = {item["name"]: str(item["value"]) for item in container(pod)["env"] if "value" in item}
    assert "$" not in "".join(values.values()).replace("$$", ""), "the kubelet would take it for a reference"
    return {name: value.replace("$$", "$") for name, value in values.items()}


def test_pod_has_no_field_that_the_api_does_not_know() -> None:
    pod = build(
        request=make_request(spec=EVERYTHING_SUPPLIED),
        capture_class=make_class(
            pod={
                "runtimeClassName": "gvisor",
                "nodeSelector": {"disk": "ssd"},
                "tolerations": [{"key": "shots", "operator": "Exists"}],
                "priorityClassName": "low",
                "imagePullSecrets": [{"name": "registry"}],
                "labels": {"team": "web"},
                "annotations": {"note": "x"},
            }
        ),
    )
    assert is_known_to_the_client(pod)


def test_field_that_the_api_does_not_know_is_noticed() -> None:
    pod = build()
    pod["spec"]["restartPolcy"] = "Never"
    assert not is_known_to_the_client(pod)


def as_the_client_reads(pod: dict[str, Any]) -> Any:
    """Return the pod as the models of the official client hold it."""
    model = client.V1Pod.from_dict(pod)
    return client.ApiClient().sanitize_for_serialization(model)  # type: ignore[no-untyped-call] # the client has no types


def is_known_to_the_client(pod: dict[str, Any]) -> bool:
    """Say whether the models hold all of the pod: they may drop what they do not know, or refuse it."""
    try:
        return bool(as_the_client_reads(pod) == pod)
    except ValueError:
        return False


def test_pod_cannot_do_anything_but_capture() -> None:
    pod = build()
    spec, only = pod["spec"], container(pod)
    assert (spec["automountServiceAccountToken"], spec["enableServiceLinks"], spec["restartPolicy"]) == (
        False,
        False,
        "Never",
    )
    assert (spec["activeDeadlineSeconds"], spec["securityContext"]["runAsNonRoot"]) == (240, True)
    assert only["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert "envFrom" not in only


def test_volumes_of_a_pod_are_of_kinds_that_the_restricted_standard_allows() -> None:
    # https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted, volume types
    allowed = {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
    volumes = build(make_request(spec=EVERYTHING_SUPPLIED))["spec"]["volumes"]
    assert [set(volume) - {"name"} for volume in volumes] == [{"emptyDir"}, {"secret"}, {"configMap"}]
    assert all(set(volume) - {"name"} <= allowed for volume in volumes)


@pytest.mark.parametrize(
    ("template", "profile"),
    [
        ({}, {"type": "Localhost", "localhostProfile": "kubeshot/chromium.json"}),
        (
            {"seccompProfile": "operator/kubeshot-chromium.json"},
            {"type": "Localhost", "localhostProfile": "operator/kubeshot-chromium.json"},
        ),
        ({"sandbox": "Disabled"}, {"type": "RuntimeDefault"}),
    ],
    ids=["Chromium's own", "its profile elsewhere", "none"],
)
def test_sandbox_decides_the_seccomp_profile(template: dict[str, str], profile: dict[str, str]) -> None:
    pod = build(capture_class=make_class(pod=template))
    assert pod["spec"]["securityContext"]["seccompProfile"] == profile


def test_apparmor_profile_is_the_class_s_or_the_runtime_s() -> None:
    named = build(capture_class=make_class(pod={"appArmorProfile": "chromium"}))["spec"]["securityContext"]
    assert named["appArmorProfile"] == {"type": "Localhost", "localhostProfile": "chromium"}
    assert "appArmorProfile" not in build()["spec"]["securityContext"]


def test_memory_is_that_of_the_attempt_and_other_limits_stay() -> None:
    limits = {"limits": {"memory": "768Mi", "cpu": "1"}, "requests": {"memory": "384Mi"}}
    plan = PodPlan(make_request(), make_class(pod={"resources": limits}), 1, 2, 1152 * MEBIBYTE)
    resources = container(build_pod(plan, {"screenshot": make_form()}, ACCESS))["resources"]
    assert resources == {"limits": {"memory": "1152Mi", "cpu": "1"}, "requests": {"memory": "384Mi"}}


def test_labels_of_the_class_cannot_replace_ours() -> None:
    labels = build(capture_class=make_class(pod={"labels": {crd.RUN_LABEL: "9", "team": "web"}}))["metadata"]["labels"]
    assert (labels[crd.RUN_LABEL], labels["team"]) == ("1", "web")


def test_request_owns_its_pod() -> None:
    (owner,) = build()["metadata"]["ownerReferences"]
    request = make_request()
    assert (owner["kind"], owner["name"], owner["uid"], owner["controller"]) == (
        crd.REQUEST_KIND,
        request.key.name,
        request.uid,
        True,
    )


@given(st.text(alphabet='$(){}VAR \n"\\é', max_size=60))
def test_text_that_looks_like_a_variable_arrives_as_it_was(text: str) -> None:
    pod = build(make_request(spec=raw_spec(html=f"<p>{text}")), make_class({"caBundle": f"PEM{text}"}))
    assert environment(pod)[STORAGE_CA_VARIABLE] == f"PEM{text}"
    assert job_of(pod).spec.source == HTMLSource(f"<p>{text}")


def test_url_with_a_dollar_arrives_as_it_was() -> None:
    pod = build(make_request(spec=raw_spec(url="https://x.example/$(HOME)$$")))
    assert job_of(pod).spec.source == URLSource("https://x.example/$(HOME)$$")


def test_capture_has_the_time_of_its_class_and_the_pod_that_of_the_pull_too() -> None:
    pod = build()
    assert job_of(pod).deadline_ms == 60_000
    assert pod["spec"]["activeDeadlineSeconds"] == 60 + 180


def largest(monkeypatch: pytest.MonkeyPatch, ca_bundle: str | None = None, **page: Any) -> dict[str, Any]:
    """Return the pod with the most and longest outputs that the CRDs allow."""
    monkeypatch.setattr(storage_adapter, "_ssl_context", lambda _: None)
    outputs = [
        {"name": f"{number:02}{'x' * 30}", "area": "FullPage", "format": "JPEG", "quality": 85} for number in range(10)
    ]
    spec = raw_spec(**page, outputs=outputs, storage={"keyPrefix": "p" * 256})
    request = make_request(spec=spec, name="n" * 253, namespace="s" * 63)
    capture_class = make_class(
        {"caBundle": ca_bundle, "bucket": "b" * 63, "endpoint": "https://minio.storage.svc.cluster.local:9000"}
    )
    buckets = S3Storage(_no_secret, lambda: 0.0)
    buckets._credentials["bucket"] = storage_adapter._Credentials("A" * 20, "s" * 40)
    forms = buckets.sign(
        capture_class.storage, grant_uploads(request, capture_class, 1, datetime(2026, 1, 1, tzinfo=UTC))
    )
    return build(request, capture_class, forms)


async def _no_secret(_: str) -> dict[str, str]:
    raise AssertionError("the credentials are known")


def letters(count: int) -> str:
    """Return letters that no compression makes small."""
    return "".join(CHANCE.choices(LETTERS, k=count))


def values(count: int) -> list[dict[str, str]]:
    """Return as many named values of the greatest length, for headers or cookies."""
    return [{"name": f"x-{number}", "value": letters(2048)} for number in range(count)]


def test_largest_job_fits_into_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = {
        "actions": [{"evaluate": letters(2048)} for _ in range(32)],
        "hide": [letters(512) for _ in range(32)],
        "styles": letters(16_384),
    }
    page: dict[str, Any] = {"request": {"headers": values(32), "cookies": values(32)}, "prepare": prepare}
    pod = largest(monkeypatch, **page)
    sizes = [len(f"{name}={value}".encode()) for name, value in environment(pod).items()]
    assert len(sizes) > 1, "one variable would have been enough: the test is about many"
    assert max(sizes) < LONGEST_VARIABLE
    assert sum(sizes) < LARGEST_ENVIRONMENT
    expected = raw_spec(**page)
    assert {name: job_of(pod).spec.raw[name] for name in page} == {name: expected[name] for name in page}


def test_largest_ca_bundle_has_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = ("-----BEGIN CERTIFICATE-----\n" + "A" * 64 + "\n") * 400
    variables = environment(largest(monkeypatch, bundle[:32_768]))
    assert variables[STORAGE_CA_VARIABLE] == bundle[:32_768]
    assert all(len(f"{name}={value}".encode()) < LONGEST_VARIABLE for name, value in variables.items())


def test_pod_says_what_it_counts_against() -> None:
    name = "a" * 100
    pod = build(make_request(spec=raw_spec(url="http://example.com:81/x")), capture_class=make_class(name=name))
    assert len(pod["metadata"]["labels"][crd.CLASS_LABEL]) == 63
    annotations = pod["metadata"]["annotations"]
    assert (annotations[crd.CLASS_ANNOTATION], annotations[crd.HOST_ANNOTATION]) == (name, "example.com")
