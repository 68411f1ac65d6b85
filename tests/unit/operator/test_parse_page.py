"""Pages of specs: read as everybody reads them, and what thousands of them have in common is kept once."""

from dataclasses import fields
from typing import Any

import pytest

from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.parse_spec import PAGE_FIELDS, parse_spec
from kubeshot_operator.api.parse_page import parse_page
from unit.contract.make import raw_spec

RICH: dict[str, Any] = {"emulate": {"locale": "de-DE"}, "prepare": {"hide": [".chat"]}, "outputs": [{"name": "full"}]}
SOURCES: list[dict[str, Any]] = [
    {"url": "http://127.0.0.1/a"},
    {"html": "<p>"},
    {"html": ""},
    {"htmlFrom": {"configMapKeyRef": {"name": "pages", "key": "a.html"}}},
]


@pytest.mark.parametrize("rest", [{}, RICH], ids=["defaults", "rich"])
@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_a_page_is_read_as_everybody_reads_it(source: dict[str, Any], rest: dict[str, Any]) -> None:
    spec = raw_spec(**source, **rest, priority=3)
    page = parse_page(spec)
    assert page == parse_spec(spec)
    assert page.raw == {name: spec[name] for name in PAGE_FIELDS if name in spec}


def test_pages_that_differ_in_their_source_share_all_else() -> None:
    one, other = (parse_page(raw_spec(url=f"http://127.0.0.1/{name}", **RICH)) for name in "ab")
    assert (one.source, one.raw["url"]) != (other.source, other.raw["url"])
    shared = [field.name for field in fields(one) if field.name not in ("source", "raw")]
    assert [name for name in shared if getattr(one, name) is not getattr(other, name)] == []
    assert [name for name, value in one.raw.items() if value is not other.raw[name]] == ["url"]


def test_pages_that_differ_in_anything_else_do_not() -> None:
    one, other = (parse_page(raw_spec(wait={"delay": delay})) for delay in ("1s", "2s"))
    assert one.wait != other.wait
    assert one.raw["wait"] != other.raw["wait"]


def test_a_page_without_a_source_is_refused() -> None:
    spec = raw_spec()
    del spec["url"]
    with pytest.raises(MalformedMessageError, match="htmlFrom"):
        parse_page(spec)
