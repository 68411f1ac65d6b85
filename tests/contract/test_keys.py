"""kubectl reads YAML as version 1.1 does, where a bare `y` is no name but `true`: its field would be lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from contract.schemas import REPOSITORY

READ_AS_BOOLEANS = {"y", "n", "yes", "no", "on", "off", "true", "false"}
APPLIED = [*sorted((REPOSITORY / "crds").glob("*.yaml")), *sorted((REPOSITORY / "examples").rglob("*.yaml"))]


def bare_names(node: yaml.Node) -> Iterator[str]:
    """Yield the names of fields below a node that stand there without quotes."""
    match node:
        case yaml.MappingNode():
            for name, value in node.value:
                if name.style is None:
                    yield name.value
                yield from bare_names(value)
        case yaml.SequenceNode():
            for item in node.value:
                yield from bare_names(item)


@pytest.mark.parametrize("path", APPLIED, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_names_that_kubectl_would_not_read_as_names_are_quoted(path: Path) -> None:
    for document in yaml.compose_all(path.read_text(), yaml.SafeLoader):
        assert not READ_AS_BOOLEANS & {name.lower() for name in bare_names(document)}
