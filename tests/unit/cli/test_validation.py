"""The command refuses what the API server refuses, and fills in what it fills in."""

from pathlib import Path
from typing import Any

import pytest

from kubeshot_cli.cel_rules import is_url
from kubeshot_cli.manifest import read_manifest
from kubeshot_cli.problems import CommandError
from kubeshot_cli.schema import request_schema
from kubeshot_cli.validation import checked

SCHEMA = request_schema()
# The same files that are given to a real API server in tests/integration/crds.
CRDS = Path(__file__).parents[2] / "integration" / "crds"
INVALID = sorted(path for path in (CRDS / "invalid").glob("*.yaml") if not path.stem.startswith("class-"))
VALID = sorted(path for path in (CRDS / "valid").glob("*.yaml") if not path.stem.startswith("class-"))
EXAMPLES = sorted((CRDS.parents[2] / "examples").glob("*.yaml"))


def words(path: Path) -> str:
    return path.stem.replace("-", " ")


def problems(text: str) -> list[str]:
    try:
        return [line for request in read_manifest(text, "it").requests for line in checked(request, SCHEMA)[1]]
    except CommandError as error:
        return [str(error)]


def problems_of(**spec: Any) -> list[str]:
    page = {} if spec.keys() & {"url", "html", "htmlFrom"} else {"url": "http://127.0.0.1/"}
    request = {"apiVersion": "kubeshot.dev/v1alpha1", "kind": "ScreenshotRequest", "metadata": {"name": "a"}}
    return checked({**request, "spec": {**page, **spec}}, SCHEMA)[1]


def test_there_are_files_to_compare_with() -> None:
    assert len(INVALID) > 40
    assert len(VALID) > 10


@pytest.mark.parametrize("path", INVALID, ids=words)
def test_what_the_api_server_refuses_is_refused(path: Path) -> None:
    assert problems(path.read_text())


@pytest.mark.parametrize("path", [*VALID, *EXAMPLES], ids=words)
def test_what_the_api_server_takes_is_taken(path: Path) -> None:
    assert problems(path.read_text()) == []


SENTENCES = {
    "missing": (
        {"outputs": [{"area": "FullPage"}]},
        "spec.outputs[0].name is missing",
    ),
    "unknown": (
        {"viewPort": {"width": 800}},
        "spec.viewPort is not a field of a ScreenshotRequest: is it viewport?",
    ),
    "unlike anything": (
        {"zzz": 1},
        "spec.zzz is not a field of a ScreenshotRequest",
    ),
    "type": (
        {"viewport": {"scale": "2"}},
        "spec.viewport.scale must be a number, not '2'",
    ),
    "nothing": (
        {"prepare": {"hide": None}},
        "spec.prepare.hide must be a list, not nothing",
    ),
    "word": (
        {"wait": {"until": "Idle"}},
        "spec.wait.until is 'Idle', and must be one of Settled, Load, DOMContentLoaded",
    ),
    "bound": (
        {"viewport": {"width": 20000}},
        "spec.viewport.width is 20000, and must be at most 16384",
    ),
    "time": (
        {"emulate": {"clock": "noon"}},
        "spec.emulate.clock: clock must be a moment from 1970 on, such as 2026-01-01T00:00:00Z",
    ),
    "time without a zone": (
        {"emulate": {"clock": "2026-01-01T00:00:00"}},
        "spec.emulate.clock: clock must be a moment from 1970 on, such as 2026-01-01T00:00:00Z",
    ),
    "name twice": (
        {"outputs": [{"name": "a"}, {"name": "a"}]},
        "spec.outputs[1] stands twice: a",
    ),
    "item of a set twice": (
        {"prepare": {"block": {"urls": ["*/a", "*/a"]}}},
        "spec.prepare.block.urls[1] stands twice: */a",
    ),
    "rule": (
        {"wait": {"timeout": "11m"}},
        "spec.wait.timeout: timeout must be a duration from 1s to 10m, such as 20s",
    ),
    "rule of an item": (
        {"request": {"headers": [{"name": "Host", "value": "a"}]}},
        "spec.request.headers[0]: this header is the browser's own business: cookies have a field of their own, "
        "and Host follows the url",
    ),
}


@pytest.mark.parametrize(("spec", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_a_problem_is_one_sentence_with_its_path(spec: dict[str, Any], sentence: str) -> None:
    assert problems_of(**spec) == [sentence]


def test_all_problems_are_told_at_once() -> None:
    found = problems_of(viewport={"width": 1, "heigth": 5}, outputs=[{}, {"name": "a", "quality": 0, "format": "JPEG"}])
    assert [sentence.split(" ")[0] for sentence in found] == [
        "spec.outputs[0].name",
        "spec.outputs[1].quality",
        "spec.viewport.heigth",
        "spec.viewport.width",
    ]


def test_a_rule_that_has_no_value_to_judge_is_left_alone() -> None:
    assert problems_of(request={"cookies": [{"name": "a", "value": "b"}]}) == []


@pytest.mark.parametrize("name", ["", "Capital", "a/b", "../a", "a b"])
def test_a_name_that_kubernetes_would_not_take_is_refused(name: str) -> None:
    request = {"metadata": {"name": name}, "spec": {"url": "http://a/"}}
    assert any("metadata.name" in sentence for sentence in checked(request, SCHEMA)[1])


URLS = {
    "https://example.com/": True,
    "http://example.com:8080/a%20b?q=%": True,
    "http://[::1]/": True,
    "https://täst.de/ü": True,
    "/a/path": True,
    "example.com": False,
    "http://exa mple.com/": False,
    "http://example.com:port/": False,
    "http://example.com/%zz": False,
    "http://[::1/": False,
    "http://a/\n": False,
}


@pytest.mark.parametrize(("text", "expected"), URLS.items(), ids=URLS)
def test_a_url_is_what_go_takes_for_one(text: str, expected: bool) -> None:
    assert is_url(text) is expected
