"""Capture classes for tests: the demo's own, with one thing changed."""

from collections.abc import Callable
from copy import deepcopy

from e2e.kubectl import Kubectl, Object

Change = Callable[[Object], None]
MakeClass = Callable[[Change], str]


def class_like_default(kubectl: Kubectl, name: str, change: Change) -> Object:
    """Return a class with the default one's spec, changed."""
    spec = deepcopy(kubectl.get("captureclass", "default")["spec"])
    change(spec)
    return {"apiVersion": "kubeshot.dev/v1alpha1", "kind": "CaptureClass", "metadata": {"name": name}, "spec": spec}


def unchanged(spec: Object) -> None:
    """Leave a class's spec as it is."""


def with_storage(field: str, value: str) -> Change:
    """Return a change of one field of a class's storage."""

    def change(spec: Object) -> None:
        spec["storage"][field] = value

    return change
