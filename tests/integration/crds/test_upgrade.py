"""An upgrade of the CRDs with objects in place: they stay valid, get the new defaults, and the operator reads them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.schemas import schema
from e2e.eventually import eventually
from e2e.kubectl import REPOSITORY, Kubectl, KubectlError, Object, from_environment
from kubeshot_cli.schema import with_defaults
from kubeshot_operator.api.parse import parse_class, parse_request

PREVIOUS, NEW = Path(__file__).parent / "previous", REPOSITORY / "crds"
# A group and names of its own: no operator watches them, and what is installed is not touched.
GROUP = "upgrade.kubeshot.dev"
NAMES = {"screenshotrequests": "UpgradedRequest", "captureclasses": "UpgradedClass"}
PLURALS = {file: f"{kind.lower()}s" for file, kind in NAMES.items()}
REQUEST, CLASS = (f"{plural}.{GROUP}" for plural in PLURALS.values())

SPECS: dict[str, Any] = {
    "url-alone": {"url": "https://example.com"},
    "page": {"html": "<h1>Hello</h1>", "outputs": [{"name": "page", "area": "FullPage", "format": "JPEG"}]},
    "many-options": {
        "url": "https://example.com/pricing",
        "device": "iPhone 15",
        "prepare": {"hide": [".chat"], "consent": "Ignore"},
        "wait": {"selector": "#ready", "onTimeout": "Fail"},
        "suspend": True,
        "deadline": "10m",
        "retry": {"limit": 10},
        "storage": {"keyPrefix": "marketing/"},
    },
}
MOMENT = "2026-01-15T06:40:00Z"
STATUS: dict[str, Any] = {
    "observedGeneration": 1,
    "run": 3,
    "phase": "Failed",
    "queuedTime": MOMENT,
    "completionTime": MOMENT,
    "attempts": [
        {"index": index, "podName": f"shot-12345-1-3-{index}", "reason": "ConnectionFailed", "endTime": MOMENT}
        for index in range(1, 17)
    ],
    "conditions": [
        {
            "type": kind,
            "status": status,
            "observedGeneration": 1,
            "lastTransitionTime": MOMENT,
            "reason": "ConnectionFailed",
            "message": "it did not answer",
        }
        for kind, status in (("Ready", "False"), ("Reconciling", "False"), ("Stalled", "True"))
    ],
}


def definition(folder: Path, file: str) -> Object:
    """Return a CRD under the names of this test."""
    read: Object = yaml.safe_load((folder / f"{file}.yaml").read_text())
    read["spec"]["group"] = GROUP
    read["spec"]["names"] = {"kind": NAMES[file], "plural": PLURALS[file]}
    read["metadata"]["name"] = f"{PLURALS[file]}.{GROUP}"
    return read


def install(kubectl: Kubectl, folder: Path) -> None:
    kubectl.apply(*(definition(folder, file) for file in NAMES))
    for plural in PLURALS.values():
        kubectl.run("wait", "--for=condition=Established", "--timeout=30s", f"crd/{plural}.{GROUP}")


def request(name: str, spec: Object) -> Object:
    metadata = {"name": name, "namespace": "default"}
    kind = NAMES["screenshotrequests"]
    return {"apiVersion": f"{GROUP}/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def capture_class() -> Object:
    storage = {"endpoint": "http://minio:9000", "bucket": "shots", "credentialsSecretName": "bucket"}
    spec = {"pod": {"image": "kubeshot/capture:1", "maxMemory": "1Gi"}, "storage": storage}
    kind = NAMES["captureclasses"]
    return {"apiVersion": f"{GROUP}/v1alpha1", "kind": kind, "metadata": {"name": "upgraded"}, "spec": spec}


def before_and_after(kubectl: Kubectl) -> tuple[dict[str, Object], dict[str, Object]]:
    """Store objects of the previous CRDs, put the new ones in their place, and return the objects then and now."""
    install(kubectl, PREVIOUS)
    objects = [capture_class(), *(request(name, spec) for name, spec in SPECS.items())]
    # A CRD is established a moment before its first object is taken.
    eventually(lambda: _applied(kubectl, objects), within=30, what="the previous CRDs take objects")
    body = json.dumps({"status": STATUS})
    kubectl.run("patch", REQUEST, "page", "--subresource=status", "--type=merge", f"--patch={body}")
    before = stored(kubectl)
    install(kubectl, NEW)

    def has_arrived() -> bool:
        return "retention" in stored(kubectl)["url-alone"]["spec"]

    eventually(has_arrived, within=30, what="the new defaults arrive")
    return before, stored(kubectl)


def _applied(kubectl: Kubectl, objects: list[Object]) -> bool:
    try:
        return bool(kubectl.apply(*objects))
    except KubectlError as error:
        raise AssertionError(str(error)) from error


def stored(kubectl: Kubectl) -> dict[str, Object]:
    requests, classes = kubectl.items(REQUEST, "-n", "default"), kubectl.items(CLASS)
    return {body["metadata"]["name"]: body for body in (*requests, *classes)}


@pytest.fixture(scope="module")
def kubectl() -> Kubectl:
    """Return kubectl for the cluster as it is: this test brings CRDs of its own."""
    return from_environment(os.environ)


@pytest.fixture(scope="module")
def upgraded(kubectl: Kubectl) -> Iterator[tuple[dict[str, Object], dict[str, Object]]]:
    """All objects before and after the upgrade."""
    try:
        yield before_and_after(kubectl)
    finally:
        kubectl.run("delete", "crd", REQUEST, CLASS, "--ignore-not-found")


Upgraded = tuple[dict[str, Object], dict[str, Object]]
EVERYTHING = [*SPECS, "upgraded"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_was_stored_stays(upgraded: Upgraded, name: str) -> None:
    before, after = (objects[name] for objects in upgraded)
    assert _without_additions(after["spec"], before["spec"]) == before["spec"]
    assert after.get("status") == before.get("status")
    told = [after["metadata"][field] for field in ("uid", "generation", "resourceVersion")]
    assert told == [before["metadata"][field] for field in ("uid", "generation", "resourceVersion")], "nobody wrote it"


@pytest.mark.parametrize("name", EVERYTHING)
def test_new_defaults_arrive(upgraded: Upgraded, name: str) -> None:
    file = "captureclasses" if name == "upgraded" else "screenshotrequests"
    before, after = (objects[name] for objects in upgraded)
    assert after["spec"] == with_defaults(before, schema(file))["spec"]


@pytest.mark.parametrize("name", SPECS)
def test_the_operator_reads_the_requests(upgraded: Upgraded, name: str) -> None:
    read = parse_request(upgraded[1][name])
    assert (read.invalid, read.spec is not None) == (None, True)


def test_the_operator_reads_the_status(upgraded: Upgraded) -> None:
    status = parse_request(upgraded[1]["page"]).status
    assert (status.run, status.phase, len(status.attempts), len(status.conditions)) == (3, "Failed", 16, 3)


def test_the_operator_reads_the_class(upgraded: Upgraded) -> None:
    read = parse_class(upgraded[1]["upgraded"])
    assert (read.name, read.limits.concurrent, read.limits.per_namespace, read.limits.per_host) == (
        "upgraded",
        *(upgraded[1]["upgraded"]["spec"]["limits"][name] for name in ("concurrent", "perNamespace", "perHost")),
    )


@pytest.mark.parametrize("name", EVERYTHING)
def test_objects_can_be_written_again(upgraded: Upgraded, kubectl: Kubectl, name: str) -> None:
    kind = CLASS if name == "upgraded" else REQUEST
    kubectl.run("annotate", kind, name, "example.com/written=again", "--overwrite")


def test_a_status_takes_as_many_attempts_as_there_may_be_now(upgraded: Upgraded, kubectl: Kubectl) -> None:
    attempts = [{"index": index, "podName": "shot"} for index in range(1, 21)]
    body = json.dumps({"status": {"observedGeneration": 1, "attempts": attempts}})
    kubectl.run("patch", REQUEST, "url-alone", "--subresource=status", "--type=merge", f"--patch={body}")


def _without_additions(after: Any, before: Any) -> Any:
    """Return what was there before of a spec that defaults may have been added to."""
    if isinstance(after, dict) and isinstance(before, dict):
        return {name: _without_additions(value, before[name]) for name, value in after.items() if name in before}
    return after
