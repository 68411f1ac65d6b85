"""Who may make requests in one namespace gets at nothing of another, nor into the operator's own business."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from e2e.kubectl import Kubectl, KubectlError, Object
from e2e.space import MakeSpace, Shot, Space, is_running
from e2e.website import Website

EVE = "eve@tenants.example.com"
GATE = "tenants"
OURS = {"app.kubernetes.io/managed-by": "kubeshot"}
POD: Object = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "capture",
            "image": "docker.io/kubeshot/operator:0.1.0",
            "command": ["sleep", "60"],
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Tenant:
    """Somebody who has the role `edit` in a namespace of her own, and what else there is."""

    kubectl: Kubectl
    own: Space
    other: Space

    def tries(self, *words: str, text: str | None = None) -> str:
        """Return what she is told when she is refused, empty when she is not."""
        try:
            self.kubectl.run(f"--as={EVE}", "--as-group=system:authenticated", *words, text=text)
        except KubectlError as error:
            return str(error)
        return ""

    def applies(self, body: Object) -> str:
        """Return why an object cannot be applied, empty if it can."""
        return self.tries("apply", "--filename=-", text=json.dumps(body))

    def asks(self, name: str, **spec: Any) -> str:
        """Return why a request in her namespace is refused, empty if it is not."""
        metadata = {"name": name, "namespace": self.own.namespace}
        return self.applies(
            {"apiVersion": "kubeshot.dev/v1alpha1", "kind": "ScreenshotRequest", "metadata": metadata, "spec": spec}
        )


@pytest.fixture(scope="module")
def eve(kubectl: Kubectl, make_space: MakeSpace) -> Tenant:
    own, other = make_space(), make_space()
    subject = {"kind": "User", "name": EVE, "apiGroup": "rbac.authorization.k8s.io"}
    kubectl.apply(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "eve", "namespace": own.namespace},
            "roleRef": {"kind": "ClusterRole", "name": "edit", "apiGroup": "rbac.authorization.k8s.io"},
            "subjects": [subject],
        }
    )
    return Tenant(kubectl, own, other)


@pytest.fixture(scope="module")
def shot(eve: Tenant, site: Website) -> Iterator[Shot]:
    """A request of hers that is being captured until the end of the module."""
    site.close(GATE)
    under_way = eve.own.request("under-way", site.url(f"/gate/{GATE}"), wait={"timeout": "50s"})
    under_way.until_pod(is_running)
    yield under_way
    site.open(GATE)


def test_she_may_do_what_she_is_there_for(eve: Tenant, site: Website) -> None:
    assert eve.asks("hers", url=site.url("/good?of=eve")) == ""
    Shot(eve.own, "hers").until("Succeeded")


def test_nobody_else_makes_pods_that_count_as_the_operators(eve: Tenant) -> None:
    forged = {"name": "forged", "namespace": eve.own.namespace, "labels": OURS}
    refusal = eve.applies({"apiVersion": "v1", "kind": "Pod", "metadata": forged, "spec": POD})
    assert "app.kubernetes.io/managed-by=kubeshot is for the pods of Kubeshot's operator" in refusal
    honest = {**forged, "name": "honest", "labels": {"app": "hers"}}
    assert eve.applies({"apiVersion": "v1", "kind": "Pod", "metadata": honest, "spec": POD}) == ""
    assert "is for the pods of Kubeshot's operator" in eve.tries(
        "label", "pod", "honest", "-n", eve.own.namespace, "app.kubernetes.io/managed-by=kubeshot"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"labels": {"app.kubernetes.io/managed-by": None}},
        {"labels": {"kubeshot.dev/request-uid": "another"}},
        {"annotations": {"kubeshot.dev/token-sha256": "0" * 64}},
        {"annotations": {"kubeshot.dev/token-sha256": None}},
        {"annotations": {"kubeshot.dev/host": "another"}},
    ],
    ids=["no longer ours", "another request's", "another token", "no token", "another host"],
)
def test_what_a_capture_pod_says_of_itself_stays(eve: Tenant, shot: Shot, change: Object) -> None:
    pod = shot.attempts[0]["podName"]
    words = ("patch", "pod", pod, "-n", eve.own.namespace, "--type=merge", "-p", json.dumps({"metadata": change}))
    assert "is for the pods of Kubeshot's operator" in eve.tries(*words)


def test_other_annotations_of_a_capture_pod_are_hers(eve: Tenant, shot: Shot) -> None:
    assert eve.tries("annotate", "pod", shot.attempts[0]["podName"], "-n", eve.own.namespace, "note=hers") == ""


@pytest.mark.parametrize("prefix", ["../other/", "/other/", "a/../../b/", "a//b/", "./", "a/.."])
def test_keys_cannot_climb(eve: Tenant, prefix: str) -> None:
    assert "keyPrefix" in eve.asks("climbs", url="https://example.com/", storage={"keyPrefix": prefix})


def test_a_secret_of_another_namespace_is_out_of_reach(eve: Tenant, site: Website) -> None:
    metadata = {"name": "password", "namespace": eve.other.namespace}
    texts = {"username": "somebody", "password": "of the other namespace"}
    eve.kubectl.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": texts})
    there = {"name": "password", "namespace": eve.other.namespace}
    assert "unknown field" in eve.asks("reaches", url=site.url("/asked"), request={"basicAuth": {"secretRef": there}})
    here = {"secretRef": {"name": "password"}}
    assert eve.asks("named", url=site.url("/asked"), request={"basicAuth": here}) == ""
    Shot(eve.own, "named").until("Failed", within=90)


@pytest.mark.parametrize(
    "words",
    [
        ("get", "shots"),
        ("delete", "shots", "--all"),
        ("get", "pods"),
        ("get", "secrets"),
        ("get", "networkpolicies"),
    ],
    ids=" ".join,
)
def test_another_namespace_is_closed(eve: Tenant, words: tuple[str, ...]) -> None:
    assert "forbidden" in eve.tries(*words, "-n", eve.other.namespace)


@pytest.mark.parametrize(
    "words",
    [
        ("get", "captureclasses"),
        ("patch", "captureclass", "default", "--type=merge", "-p", '{"spec":{"limits":{"concurrent":99}}}'),
        ("get", "secrets", "-n", "kubeshot-system"),
        ("get", "leases", "-n", "kubeshot-system"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_what_is_the_administrators_is_closed(eve: Tenant, words: tuple[str, ...]) -> None:
    assert "forbidden" in eve.tries(*words)


def test_she_cannot_write_a_status(eve: Tenant, shot: Shot) -> None:
    change = json.dumps({"status": {"phase": "Succeeded", "storageKey": "another"}})
    words = ("patch", "shot", shot.name, "-n", eve.own.namespace, "--type=merge", "-p", change)
    assert "forbidden" in eve.tries(*words, "--subresource=status")
    assert eve.tries(*words) == "", "the rest of the object is hers"
    assert shot.phase != "Succeeded"
    assert shot.status.get("storageKey") != "another"


def test_a_class_for_others_is_not_hers_by_naming_it(eve: Tenant, site: Website, make_class: Any) -> None:
    name = make_class(lambda spec: spec.update(namespaces={"matchLabels": {"team": "other"}}))
    assert eve.asks("borrows", url=site.url("/good?of=borrows"), captureClassName=name) == ""
    Shot(eve.own, "borrows").until_reason("NamespaceNotAllowed")
    assert "forbidden" in eve.tries("label", "namespace", eve.own.namespace, "team=other")
