"""The documents of a file: the requests in it, and the Secrets and ConfigMaps they name."""

import base64
import binascii
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from kubeshot_cli.problems import CommandError

API_VERSION = "kubeshot.dev/v1alpha1"
KIND = "ScreenshotRequest"

Document = Mapping[str, Any]
Keys = dict[tuple[str, str], bytes]
"""Values by the name of their object and their key in it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file holds."""

    requests: tuple[Document, ...]
    secrets: Keys
    config_maps: Keys


class _Loader(yaml.SafeLoader):
    """Reads YAML as kubectl does: a time is a text, and a key stands once."""

    yaml_implicit_resolvers = {  # noqa: RUF012 -- that is how PyYAML has it
        letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return the mapping; raise `yaml.YAMLError` for a key that stands twice."""
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_manifest(text: str, source: str) -> Manifest:
    """Return what a YAML or JSON text holds; raise `CommandError` when it can't be read, or holds something else."""
    try:
        documents = list(_listed(yaml.load_all(text, _Loader)))
    except yaml.YAMLError as error:
        raise CommandError(f"{source} is not YAML: {' '.join(str(error).split())}") from error
    _check_kinds(documents, source)
    requests = tuple(document for document in documents if document["kind"] == KIND)
    if not requests:
        raise CommandError(f"{source} holds no {KIND}")
    return Manifest(requests, _values(documents, "Secret"), _values(documents, "ConfigMap"))


def name_of(document: Document) -> str:
    """Return the name of an object, an empty text when it has none."""
    metadata = document.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""


def choose(requests: tuple[Document, ...], name: str | None, source: str) -> tuple[Document, ...]:
    """Return the request of this name, all without one; raise `CommandError` when there is none, or two of a name."""
    names = [name_of(request) for request in requests]
    if twice := next((each for each in names if names.count(each) > 1), None):
        raise CommandError(f"{source} holds two requests of the name {twice}: their pictures would be in one place")
    if name is None:
        return requests
    if name not in names:
        raise CommandError(f"{source} holds no request {name}, only {', '.join(names)}")
    return tuple(request for request in requests if name_of(request) == name)


def _listed(documents: Iterable[object]) -> Iterator[Any]:
    for document in documents:
        if isinstance(document, Mapping) and document.get("kind") == "List":
            yield from document.get("items") or ()
        elif document is not None:
            yield document


def _check_kinds(documents: list[Any], source: str) -> None:
    for place, document in enumerate(documents, start=1):
        if not isinstance(document, Mapping) or not isinstance(document.get("kind"), str):
            raise CommandError(f"{source}: document {place} is no Kubernetes object: it has no kind")
    others = sorted({document["kind"] for document in documents} - {KIND, "Secret", "ConfigMap"})
    if others:
        message = f"holds {', '.join(others)}, and only {KIND}, Secret and ConfigMap are understood here"
        raise CommandError(f"{source} {message}")
    for document in documents:
        version = document.get("apiVersion")
        wanted = API_VERSION if document["kind"] == KIND else "v1"
        if version != wanted:
            raise CommandError(f"{source}: the apiVersion of a {document['kind']} is {wanted}, not {version}")


def _values(documents: list[Any], kind: str) -> Keys:
    return {
        (name_of(document), key): value
        for document in documents
        if document["kind"] == kind
        for key, value in _data(document)
    }


def _data(document: Document) -> Iterator[tuple[str, bytes]]:
    plain, encoded = ("stringData", "data") if document["kind"] == "Secret" else ("data", "binaryData")
    for key, text in (document.get(encoded) or {}).items():
        try:
            yield key, base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            # Not the text itself: it may be a password that was put into the wrong field.
            where = f"{encoded}.{key} of the {document['kind']} {name_of(document)}"
            raise CommandError(f"{where} is not Base64: write plain text under {plain}") from error
    for key, text in (document.get(plain) or {}).items():
        yield key, str(text).encode()
