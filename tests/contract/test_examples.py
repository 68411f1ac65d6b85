"""What people copy is right: examples and classes fit the schema, without a field that the API server would drop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contract.schemas import REPOSITORY, documents, places, requests, schema
from kubeshot_cli.schema import with_defaults

EXAMPLES = sorted((REPOSITORY / "examples").glob("*.yaml"))
CLASSES = [
    *sorted((REPOSITORY / "manifests" / "overlays").glob("*/class.yaml")),
    *sorted((REPOSITORY / "examples" / "classes").glob("*.yaml")),
]


def closed(node: Any) -> Any:
    """Return the schema with unknown fields forbidden, as `kubectl apply` treats them."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    below = {name: closed(child) for name, child in node.items()}
    is_open = "additionalProperties" in node or node.get("x-kubernetes-preserve-unknown-fields")
    return below if "properties" not in node or is_open else below | {"additionalProperties": False}


def errors(plural: str, document: dict[str, Any]) -> list[str]:
    """Return what is wrong with an object."""
    root = closed(schema(plural))
    root["properties"]["metadata"] = {"type": "object"}
    return [f"{error.json_path}: {error.message}" for error in jsonschema.Draft7Validator(root).iter_errors(document)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_fits_the_schema(path: Path) -> None:
    assert requests(path)
    for request in requests(path):
        assert errors("screenshotrequests", request) == []
        stored = with_defaults(request, schema("screenshotrequests"))
        assert errors("screenshotrequests", stored) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_says_what_it_is_for_and_can_be_applied_with_the_demo(path: Path) -> None:
    assert path.read_text().startswith("# ")
    assert {document["kind"] for document in documents(path)} <= {"ScreenshotRequest", "ConfigMap"}
    assert {document["metadata"]["namespace"] for document in documents(path)} == {"kubeshot-demo"}
    assert [request["metadata"]["name"] for request in requests(path)] == [path.stem]


@pytest.mark.parametrize("path", CLASSES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_class_fits_the_schema(path: Path) -> None:
    [capture_class] = documents(path)
    assert errors("captureclasses", capture_class) == []


def test_an_unknown_field_would_be_found() -> None:
    request = {"apiVersion": "kubeshot.dev/v1alpha1", "kind": "ScreenshotRequest", "spec": {"uri": "http://a"}}
    assert len(errors("screenshotrequests", request)) == 1


def test_the_example_of_every_option_leaves_none_out() -> None:
    [options] = requests(REPOSITORY / "examples" / "options.yaml")
    fields = set(schema("screenshotrequests")["properties"]["spec"]["properties"])
    assert fields - set(options["spec"]) == {"html", "htmlFrom", "device"}


def test_the_examples_together_leave_none_out() -> None:
    offered = {place.path for place in places("screenshotrequests") if place.path.startswith("spec.")}
    shown = {path for example in EXAMPLES for request in requests(example) for path in paths("spec", request["spec"])}
    # The demo's page has no form, and what is in a comment isn't counted.
    left_out = {path for path in offered - shown if not path.endswith("[]")}
    assert {path for path in left_out if not path.startswith("spec.prepare.actions[].")} == {
        "spec.request.cookies[].domain"
    }


def paths(path: str, value: Any) -> Iterator[str]:
    """Yield the paths of all that a spec says."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield f"{path}.{name}"
            yield from paths(f"{path}.{name}", below)
    if isinstance(value, list):
        for item in value:
            yield from paths(f"{path}[]", item)
