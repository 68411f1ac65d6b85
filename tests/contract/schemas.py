"""The repository's YAML as values, and a walk through a CRD's schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
CRDS = ("screenshotrequests", "captureclasses")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a schema. Its path is written as in `spec.outputs[].name`, values of a map as `{}`."""

    path: str
    schema: dict[str, Any]


def documents(path: Path) -> list[dict[str, Any]]:
    """Return the objects in a YAML file."""
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def requests(path: Path) -> list[dict[str, Any]]:
    """Return the requests among the objects in a YAML file."""
    return [document for document in documents(path) if document["kind"] == "ScreenshotRequest"]


def definition(plural: str) -> dict[str, Any]:
    """Return the CustomResourceDefinition with this plural name."""
    [found] = documents(REPOSITORY / "crds" / f"{plural}.yaml")
    return found


def version(plural: str) -> dict[str, Any]:
    """Return the one served version of a definition."""
    [found] = definition(plural)["spec"]["versions"]
    return dict(found)


def schema(plural: str) -> dict[str, Any]:
    """Return the schema of a definition's objects."""
    return dict(version(plural)["schema"]["openAPIV3Schema"])


def places(plural: str) -> list[Place]:
    """Return every place of a definition's schema below its root."""
    return list(_walk("", schema(plural)))


def at(plural: str, path: str) -> dict[str, Any]:
    """Return the schema at this path; fail when there is none."""
    found = [place.schema for place in places(plural) if place.path == path]
    assert len(found) == 1, f"{plural} has {len(found)} places called {path}"
    return found[0]


def _walk(path: str, node: dict[str, Any]) -> Iterator[Place]:
    if path:
        yield Place(path, node)
    for name, child in node.get("properties", {}).items():
        yield from _walk(f"{path}.{name}" if path else name, child)
    if "items" in node:
        yield from _walk(f"{path}[]", node["items"])
    if isinstance(node.get("additionalProperties"), dict):
        yield from _walk(f"{path}{{}}", node["additionalProperties"])
