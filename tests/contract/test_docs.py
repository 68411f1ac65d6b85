"""What the documents say of the fields is what the CRDs say."""

import importlib.util
from types import ModuleType

import pytest

from contract.schemas import CRDS, REPOSITORY, places

DOCS = REPOSITORY / "docs"


def generator() -> ModuleType:
    """Return docs/fields.py, which is in no package."""
    spec = importlib.util.spec_from_file_location("docs_fields", DOCS / "fields.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_field_reference_is_up_to_date() -> None:
    assert (DOCS / "fields.md").read_text() == generator().document(), "run make docs"


@pytest.mark.parametrize("plural", CRDS)
def test_the_field_reference_has_every_field(plural: str) -> None:
    text = (DOCS / "fields.md").read_text()
    below = [place.path for place in places(plural) if place.path.startswith(("spec.", "status."))]
    fields = [path for path in below if not path.endswith(("[]", "{}"))]
    assert [path for path in fields if f"`{path}`" not in text] == []


@pytest.mark.parametrize("plural", CRDS)
def test_every_field_is_described(plural: str) -> None:
    below = [place for place in places(plural) if place.path.startswith(("spec", "status"))]
    fields = [place for place in below if not place.path.endswith(("[]", "{}"))]
    assert [place.path for place in fields if "description" not in place.schema] == []
