"""kubectl reads YAML as version 1.1 does, where a bare `y` is no name but `true`: its field would be lost."""

import re

import pytest

from contract.schemas import CRDS, REPOSITORY

READ_AS_A_BOOLEAN = re.compile(r"^[\s-]*(?:y|n|yes|no|on|off|true|false)\s*:.*", re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("name", CRDS)
def test_names_that_kubectl_would_not_read_as_names_are_quoted(name: str) -> None:
    text = (REPOSITORY / "crds" / f"{name}.yaml").read_text()
    assert READ_AS_A_BOOLEAN.findall(text) == []
