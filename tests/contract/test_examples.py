"""What people copy is right: examples and classes fit the schema, without a field that the API server would drop."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contract.schemas import REPOSITORY, documents, schema

EXAMPLES = sorted((REPOSITORY / "examples").glob("*.yaml"))
CLASSES = sorted((REPOSITORY / "manifests" / "overlays").glob("*/class.yaml"))


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
    requests = documents(path)
    assert requests
    assert {request["kind"] for request in requests} == {"ScreenshotRequest"}
    assert [error for request in requests for error in errors("screenshotrequests", request)] == []


@pytest.mark.parametrize("path", CLASSES, ids=lambda path: path.parent.name)
def test_a_class_fits_the_schema(path: Path) -> None:
    [capture_class] = documents(path)
    assert errors("captureclasses", capture_class) == []


def test_an_unknown_field_would_be_found() -> None:
    request = {"apiVersion": "kubeshot.dev/v1alpha1", "kind": "ScreenshotRequest", "spec": {"uri": "http://a"}}
    assert len(errors("screenshotrequests", request)) == 1


def test_the_example_of_every_option_leaves_none_out() -> None:
    [options] = documents(REPOSITORY / "examples" / "options.yaml")
    fields = set(schema("screenshotrequests")["properties"]["spec"]["properties"])
    assert fields - set(options["spec"]) == {"html"}
