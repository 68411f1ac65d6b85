"""What the API server lets nobody change, and what it does."""

import contextlib
import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.kubectl import Kubectl, KubectlError

CLASS = "with retention Delete captureClassName cannot be changed"
PREFIX = "with retention Delete storage.keyPrefix cannot be changed"
DELETE: dict[str, Any] = {"url": "https://example.com", "retention": "Delete", "suspend": True}
RETAIN = {**DELETE, "retention": "Retain"}


@pytest.fixture
def name(kubectl: Kubectl) -> Iterator[str]:
    """Return the name of a request that is deleted afterwards."""
    made = f"change-{secrets.token_hex(4)}"
    yield made
    way_out = json.dumps({"metadata": {"finalizers": None}})
    if kubectl.exists("shot", made):
        kubectl.run("delete", "shot", made, "--wait=false")
    # An operator that runs may be faster.
    with contextlib.suppress(KubectlError):
        kubectl.run("patch", "shot", made, "--type=merge", "-p", way_out)


def apply(kubectl: Kubectl, name: str, spec: dict[str, Any]) -> None:
    body = {"apiVersion": "kubeshot.dev/v1alpha1", "kind": "ScreenshotRequest", "spec": spec}
    kubectl.run("apply", "-f", "-", text=json.dumps({**body, "metadata": {"name": name, "namespace": "default"}}))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {"captureClassName": "other"}, CLASS),
        ({"captureClassName": "other"}, {}, CLASS),
        ({"captureClassName": "one"}, {"captureClassName": "other"}, CLASS),
        ({}, {"storage": {"keyPrefix": "a/"}}, PREFIX),
        ({"storage": {"keyPrefix": "a/"}}, {"storage": {}}, PREFIX),
        ({"storage": {"keyPrefix": "a/"}}, {"storage": {"keyPrefix": "b/"}}, PREFIX),
    ],
    ids=["a class", "no class", "another class", "a prefix", "no prefix", "another prefix"],
)
def test_place_of_images_that_are_to_be_deleted_stays(
    kubectl: Kubectl, name: str, before: dict[str, Any], after: dict[str, Any], sentence: str
) -> None:
    apply(kubectl, name, {**DELETE, **before})
    with pytest.raises(KubectlError, match=sentence):
        apply(kubectl, name, {**DELETE, **after})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DELETE, {**DELETE, "deadline": "10m"}),
        ({**DELETE, "storage": {}}, DELETE),
        (RETAIN, {**RETAIN, "captureClassName": "other", "storage": {"keyPrefix": "a/"}}),
        (RETAIN, {**DELETE, "captureClassName": "other", "storage": {"keyPrefix": "a/"}}),
        (DELETE, {**RETAIN, "captureClassName": "other", "storage": {"keyPrefix": "a/"}}),
    ],
    ids=["something else", "an empty group", "retained", "retained before", "retained from now on"],
)
def test_other_changes_are_taken(kubectl: Kubectl, name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    apply(kubectl, name, before)
    apply(kubectl, name, after)
