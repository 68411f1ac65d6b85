"""The admission policies that people copy: what they refuse, what they let pass, and what they leave alone."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from e2e.eventually import eventually
from e2e.kubectl import REPOSITORY, Kubectl, KubectlError

POLICIES = REPOSITORY / "examples" / "admission"
HOSTS, CLASSES = POLICIES / "hosts-per-namespace.yaml", POLICIES / "classes-per-namespace.yaml"
CLASSES_ANNOTATION = "screenshots.example.com/classes"
LISTED = {"screenshots.example.com/hosts": "listed"}
ALLOWED = "example.com\n  *.example.org  \n\n"


class Place:
    """A namespace with labels and annotations."""

    def __init__(self, kubectl: Kubectl, labels: dict[str, str], annotations: dict[str, str]) -> None:
        self.kubectl, self.name = kubectl, f"admission-{uuid4().hex[:8]}"
        metadata = {"name": self.name, "labels": labels, "annotations": annotations}
        kubectl.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})

    def allow(self, hosts: str) -> None:
        """Write the list of hosts."""
        metadata = {"name": "screenshot-hosts", "namespace": self.name}
        self.kubectl.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"hosts": hosts}})

    def asks(self, name: str = "checked", *, dry_run: bool = True, **spec: Any) -> str:
        """Return why a request is refused, empty when it is not."""
        metadata = {"name": name, "namespace": self.name}
        body = {"apiVersion": "kubeshot.dev/v1alpha1", "kind": "ScreenshotRequest", "metadata": metadata, "spec": spec}
        # Nobody captures it.
        body["spec"] = {"suspend": True, **spec}
        try:
            arguments = ("--dry-run=server",) if dry_run else ()
            self.kubectl.ask("apply", *arguments, "--filename=-", "--output=json", text=json.dumps(body))
        except KubectlError as error:
            return str(error)
        return ""


@pytest.fixture(scope="module")
def policies(kubectl: Kubectl) -> Iterator[None]:
    """The policies are there for as long as this module runs; no other namespace is concerned."""
    for path in (HOSTS, CLASSES):
        kubectl.run("apply", "-f", str(path))
    yield
    for path in (HOSTS, CLASSES):
        kubectl.run("delete", "-f", str(path), "--ignore-not-found")


@pytest.fixture(scope="module")
def listed(kubectl: Kubectl, policies: None) -> Iterator[Place]:
    """A namespace with a list of hosts, in which the policy works."""
    place = Place(kubectl, LISTED, {})
    place.allow(ALLOWED)
    eventually(lambda: place.asks(url="https://other.net/"), within=30, what="the policy works")
    yield place
    kubectl.run("delete", "namespace", place.name, "--wait=false")


@pytest.fixture(scope="module")
def classed(kubectl: Kubectl, policies: None) -> Iterator[Place]:
    """A namespace that may use two classes, in which the policy works."""
    place = Place(kubectl, {}, {CLASSES_ANNOTATION: "default, warm"})
    eventually(lambda: place.asks(url="https://a.net/", captureClassName="other"), within=30, what="the policy works")
    yield place
    kubectl.run("delete", "namespace", place.name, "--wait=false")


@pytest.mark.parametrize(
    "url",
    ["https://example.com/a?b", "http://EXAMPLE.com:8080/", "https://shop.example.org/", "https://a.b.example.org"],
)
def test_a_host_of_the_list_is_let_in(listed: Place, url: str) -> None:
    assert listed.asks(url=url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://other.net/",
        "https://example.com.other.net/",
        "https://other.net/?https://example.com/",
        "https://other.net/#@example.com",
        "https://notexample.org/",
        "https://example.org/",
        "https://example.com./",
        "http://169.254.169.254/",
        "http://[::1]/",
        "http://2130706433/",
    ],
)
def test_any_other_host_is_refused_with_the_list(listed: Place, url: str) -> None:
    refusal = listed.asks(url=url)
    assert "is not in the ConfigMap screenshot-hosts of this namespace" in refusal
    assert "allows example.com, *.example.org" in refusal


def test_a_page_as_text_names_no_host(listed: Place) -> None:
    assert listed.asks(html="<p>hello</p>") == ""


def test_without_a_list_no_host_may_be_named(kubectl: Kubectl, listed: Place) -> None:
    place = Place(kubectl, LISTED, {})
    assert place.asks(url="https://example.com/")
    kubectl.run("delete", "namespace", place.name, "--wait=false")


def test_a_namespace_that_is_not_listed_is_free(kubectl: Kubectl, listed: Place) -> None:
    place = Place(kubectl, {}, {})
    assert place.asks(url="https://other.net/", captureClassName="any") == ""
    kubectl.run("delete", "namespace", place.name, "--wait=false")


def test_a_request_of_before_can_be_labelled_but_not_changed(listed: Place) -> None:
    assert listed.asks("older", dry_run=False, url="https://example.com/") == ""
    listed.allow("else.net")
    try:
        eventually(lambda: listed.asks(url="https://example.com/"), within=30, what="the new list is known")
        listed.kubectl.run("label", "shot", "older", "-n", listed.name, "kept=yes")
        assert listed.asks("older", dry_run=False, url="https://example.com/other")
    finally:
        listed.allow(ALLOWED)
    eventually(lambda: not listed.asks(url="https://example.com/"), within=30, what="the old list is known again")


@pytest.mark.parametrize("name", ["default", "warm"])
def test_a_class_of_the_namespace_is_let_in(classed: Place, name: str) -> None:
    assert classed.asks(url="https://a.net/", captureClassName=name) == ""


@pytest.mark.parametrize("spec", [{"captureClassName": "other"}, {}], ids=["another one", "none"])
def test_any_other_class_is_refused_with_those_that_may_be_used(classed: Place, spec: dict[str, Any]) -> None:
    refusal = classed.asks(url="https://a.net/", **spec)
    assert "set spec.captureClassName to one that this namespace may use: default, warm" in refusal
