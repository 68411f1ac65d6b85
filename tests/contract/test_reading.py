"""What the CRD offers is read: every field of a page's spec, in every example, by the same function."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from contract.schemas import REPOSITORY, places, requests
from kubeshot_cli.schema import with_defaults
from kubeshot_contract.parse_spec import PAGE_FIELDS, parse_spec
from unit.contract.make import SPEC_SCHEMA, raw_spec

EXAMPLES = sorted((REPOSITORY / "examples").glob("*.yaml"))

SECRET = {"secretKeyRef": {"name": "login", "key": "token"}}
SELECTOR_AND_TEXT = {"selector": "#q", "text": "kubernetes"}

# All fields there are; where one excludes another, the specs take turns.
SPECS: list[dict[str, Any]] = [
    raw_spec(
        url="http://127.0.0.1/",
        viewport={"width": 800},
        emulate={
            "colorScheme": "Dark",
            "reducedMotion": "Reduce",
            "media": "Print",
            "locale": "de-DE",
            "timezone": "Europe/Berlin",
            "geolocation": {"latitude": 52.52, "longitude": 13.4},
            "userAgent": "Kubeshot",
            "clock": "2026-01-01T00:00:00Z",
        },
        request={
            "headers": [{"name": "X-Env", "value": "prod"}, {"name": "Authorization", "valueFrom": SECRET}],
            "cookies": [{"name": "a", "value": "1", "domain": "127.0.0.1"}, {"name": "sid", "valueFrom": SECRET}],
            "basicAuth": {"secretRef": {"name": "login"}},
            "storageState": SECRET,
        },
        prepare={
            "actions": [
                {"click": "#more"},
                {"type": SELECTOR_AND_TEXT},
                {"press": "Enter"},
                {"hover": ".menu"},
                {"select": {"selector": "#lang", "value": "de"}},
                {"scroll": {"x": 1, "y": 600}},
                {"scroll": {"selector": "#end"}},
                {"wait": {"selector": ".result"}},
                {"wait": {"expression": "true"}},
                {"wait": {"duration": "1s"}},
                {"evaluate": "1"},
            ],
            "hide": [".chat"],
            "remove": ["#newsletter"],
            "mask": [".user-name"],
            "styles": "b {}",
            "block": {"resourceTypes": ["Font"], "urls": ["*/beacon/*"]},
        },
        wait={"selector": "#ready", "expression": "true"},
        outputs=[
            {"name": "full", "area": "FullPage", "maxHeight": 20000, "format": "JPEG", "quality": 90},
            {"name": "element", "area": "Element", "selector": "main", "padding": 16, "resize": {"width": 640}},
            {"name": "clip", "area": "Clip", "clip": {"width": 600, "height": 400}, "resize": {"height": 320}},
            {"name": "paper", "format": "PDF", "pdf": {"pages": "1-3"}},
        ],
    ),
    raw_spec(html="<p>", device="iPhone 15"),
    raw_spec(htmlFrom={"configMapKeyRef": {"name": "pages", "key": "a.html"}}),
]


class Watched(Mapping[str, Any]):
    """An object of a spec that notes the path of each value that is asked for."""

    def __init__(self, values: dict[str, Any], path: str, asked: set[str]) -> None:
        self._values, self._path, self._asked = values, path, asked

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, as `Fields` asks for it."""
        self._asked.add(f"{self._path}.{name}")
        return watched(self._values.get(name, default), f"{self._path}.{name}", self._asked)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def watched(value: Any, path: str, asked: set[str]) -> Any:
    if isinstance(value, dict):
        return Watched(value, path, asked)
    if isinstance(value, list):
        return [watched(item, f"{path}[]", asked) for item in value]
    return value


def page_values() -> set[str]:
    """Return the paths of the values that the CRD takes for a page."""
    pages = tuple(f"spec.{name}{end}" for name in PAGE_FIELDS for end in (".", "[]."))
    return {
        place.path.removesuffix("[]")
        for place in places("screenshotrequests")
        if f"{place.path}.".startswith(pages) and not place.schema.keys() & {"properties", "items"}
    }


def test_every_value_of_a_page_is_read() -> None:
    asked: set[str] = set()
    for spec in SPECS:
        parse_spec(Watched(spec, "spec", asked))
    assert page_values() - asked == set()


def test_the_fields_of_a_page_are_all_but_the_operator_s() -> None:
    operators = {
        "captureClassName",
        "storage",
        "priority",
        "suspend",
        "deadline",
        "retry",
        "ttlAfterFinished",
        "retention",
    }
    assert {*PAGE_FIELDS} == SPEC_SCHEMA["properties"].keys() - operators


def test_a_value_that_is_not_read_would_be_found() -> None:
    asked: set[str] = set()
    parse_spec(Watched(raw_spec(html="<p>", device="iPhone 15"), "spec", asked))
    assert "spec.viewport.width" in page_values() - asked


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_can_be_read(path: Path) -> None:
    for request in requests(path):
        spec = parse_spec(with_defaults(request["spec"], SPEC_SCHEMA))
        assert spec.raw.keys() >= request["spec"].keys() & {*PAGE_FIELDS}
