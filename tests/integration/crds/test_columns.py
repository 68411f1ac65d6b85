"""What `kubectl get` shows, and how a status is stored: on a copy of the CRD that no operator watches."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from e2e.eventually import eventually
from e2e.kubectl import REPOSITORY, Kubectl, KubectlError

GROUP = "columns.kubeshot.dev"
KIND, PLURAL = "ColumnsTest", "columnstests"
SHOTS = f"{PLURAL}.{GROUP}"
NAME = "seen"

STATUS: dict[str, Any] = {
    "observedGeneration": 1,
    "run": 1,
    "phase": "Succeeded",
    "storageKey": "default/seen/uid/1/screenshot.png",
    "duration": "3.2s",
    "outputs": [
        {
            "name": "screenshot",
            "bucket": "screenshots",
            "key": "default/seen/uid/1/screenshot.png",
            "sha256": "0" * 64,
            "bytes": 48213,
            "contentType": "image/png",
        },
    ],
    "attempts": [
        {"index": 1, "podName": "seen-12345-1-1-1", "reason": "OutOfMemory", "endTime": "2026-01-15T06:40:00Z"},
        {"index": 2, "podName": "seen-12345-1-1-2", "startTime": "2026-01-15T06:40:01.250Z"},
    ],
    "conditions": [
        {
            "type": kind,
            "status": status,
            "reason": "Succeeded",
            "message": "",
            "lastTransitionTime": "2026-01-15T06:40:00Z",
        }
        for kind, status in (("Ready", "True"), ("Reconciling", "False"), ("Stalled", "False"), ("Settled", "False"))
    ],
}


@pytest.fixture(scope="module")
def shots(kubectl: Kubectl) -> Iterator[Kubectl]:
    """A copy of the CRD in a group of its own, and one request of it."""
    definition = yaml.safe_load((REPOSITORY / "crds" / "screenshotrequests.yaml").read_text())
    definition["spec"]["group"] = GROUP
    # No short names: kubectl remembers them for minutes after the copy is gone, and would take "shot" for one of these.
    definition["spec"]["names"] = {"kind": KIND, "plural": PLURAL}
    definition["metadata"]["name"] = SHOTS
    kubectl.apply(definition)
    kubectl.run("wait", "--for=condition=Established", "--timeout=30s", f"crd/{SHOTS}")
    request = {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": KIND,
        "metadata": {"name": NAME, "namespace": "default"},
        "spec": {"url": "https://example.com/pricing"},
    }
    eventually(lambda: is_applied(kubectl, request), within=30, what="the copy of the CRD is served")
    yield kubectl
    kubectl.run("delete", "crd", SHOTS)


def is_applied(kubectl: Kubectl, request: dict[str, Any]) -> bool:
    try:
        return bool(kubectl.apply(request))
    except KubectlError:
        return False


def write_status(kubectl: Kubectl, status: dict[str, Any]) -> dict[str, Any]:
    """Put this into the status, and return the object."""
    patch = json.dumps({"status": status})
    words = ("patch", SHOTS, NAME, "--subresource=status", "--type=merge", f"--patch={patch}", "--output=json")
    return dict(json.loads(kubectl.run(*words)))


def columns(kubectl: Kubectl, *words: str) -> dict[str, str]:
    """Return the one row of `kubectl get`, by column."""
    head, row = kubectl.run("get", SHOTS, *words).splitlines()
    starts = [head.index(name) for name in head.split()]
    return {
        head[start:end].strip(): row[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)
    }


def test_a_fresh_request_shows_its_url_only(shots: Kubectl) -> None:
    row = columns(shots)
    assert list(row) == ["NAME", "URL", "PHASE", "SETTLED", "BYTES", "KEY", "AGE"]
    assert row["URL"] == "https://example.com/pricing"
    assert (row["PHASE"], row["SETTLED"], row["BYTES"], row["KEY"]) == ("", "", "", "")


def test_a_finished_request_shows_what_came_of_it(shots: Kubectl) -> None:
    write_status(shots, STATUS)
    row = columns(shots, "--output=wide")
    assert row["PHASE"] == "Succeeded"
    assert row["SETTLED"] == "False"
    assert row["BYTES"] == "48213"
    assert row["KEY"] == "default/seen/uid/1/screenshot.png"
    assert row["REASON"] == "Succeeded"
    assert row["DURATION"] == "3.2s"


def test_the_wide_columns_tell_of_the_last_attempt(shots: Kubectl) -> None:
    write_status(shots, STATUS)
    row = columns(shots, "--output=wide")
    assert (row["ATTEMPTS"], row["POD"]) == ("2", "seen-12345-1-1-2")


def test_requests_are_selected_by_phase(shots: Kubectl) -> None:
    write_status(shots, STATUS)
    unfinished = "--field-selector=status.phase!=Succeeded,status.phase!=Failed"
    assert shots.items(SHOTS, unfinished) == []
    write_status(shots, {"phase": "Queued"})
    assert len(shots.items(SHOTS, unfinished)) == 1


def test_a_status_is_stored_as_it_was_written(shots: Kubectl) -> None:
    assert write_status(shots, STATUS)["status"] == STATUS


@pytest.mark.parametrize(
    "status",
    [
        pytest.param({"phase": "Done"}, id="an unknown phase"),
        pytest.param({"storageKey": "k" * 1025}, id="a key longer than S3 takes"),
        pytest.param({"outputs": [{"name": "screenshot"}]}, id="an output without its object"),
        pytest.param({"conditions": [{"type": "Ready", "status": "Perhaps"}]}, id="a condition that is none"),
        pytest.param({"attempts": [{"index": n, "podName": "p"} for n in range(21)]}, id="too many attempts"),
    ],
)
def test_a_status_out_of_bounds_is_refused(shots: Kubectl, status: dict[str, Any]) -> None:
    with pytest.raises(KubectlError, match="is invalid"):
        write_status(shots, status)
