"""What is not loaded: told by what the server was asked for."""

from pathlib import Path
from typing import Any

import pytest

from integration.engine.prepared import Prepared, Preparing
from integration.engine.recording import Recorder, Reply

PAGE = """<!doctype html><link rel="stylesheet" href="/style.css"><link rel="manifest" href="/manifest.json">
<style>@font-face { font-family: f; src: url(/font.woff2) } b { font-family: f }</style><b>text</b>
<img src="/image.png"><video src="/film.mp4" preload="auto"></video><script src="/script.js"></script>
<iframe src="/frame"></iframe><iframe src="{other}/ads/frame"></iframe><script>
const ask = new XMLHttpRequest(); ask.open('GET', '/xhr'); ask.send(); fetch('/fetch').catch(() => 0);
const socket = new WebSocket(`ws://${location.host}/socket`); socket.onclose = () => { window.ended = true };
navigator.sendBeacon('/beacon')</script>"""
KINDS = {
    "Stylesheet": "/style.css",
    "Image": "/image.png",
    "Media": "/film.mp4",
    "Font": "/font.woff2",
    "Script": "/script.js",
    "XHR": "/xhr",
    "Fetch": "/fetch",
    "WebSocket": "/socket",
}
ALL = set(KINDS.values()) | {"/frame"}


@pytest.fixture
def site(server: Recorder) -> Recorder:
    """Serve the page; what it asks for is not there, and asked for all the same."""
    server.site = {"/": PAGE, "/frame": "<p>frame", "/ads/frame": "<p>frame"}
    return server


def paths(prepare: Preparing, site: Recorder, block: dict[str, Any], **given: Any) -> set[str]:
    """Return what the server is asked for; the last of it comes some time after the load event."""

    async def work(prepared: Prepared) -> None:
        await prepared.page.wait_for_function("window.ended", polling=50)
        await prepared.page.wait_for_timeout(500)

    prepare(work, url=site.own + "/", prepare={"block": block}, **given)
    return site.paths() & (ALL | {"/ads/frame"})


def test_nothing_is_blocked_unless_it_was_asked_for(prepare: Preparing, site: Recorder) -> None:
    assert paths(prepare, site, {}) == ALL | {"/ads/frame"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_resources(prepare: Preparing, site: Recorder, kind: str) -> None:
    assert paths(prepare, site, {"resourceTypes": [kind]}) == (ALL | {"/ads/frame"}) - {KINDS[kind]}


def test_media(prepare: Preparing, site: Recorder) -> None:
    assert paths(prepare, site, {"media": True}) == (ALL | {"/ads/frame"}) - {"/film.mp4"}


@pytest.mark.parametrize(
    ("patterns", "gone"),
    [
        pytest.param(["*/image.png", "*/fetch"], {"/image.png", "/fetch"}, id="ends"),
        pytest.param(["*/font*"], {"/font.woff2"}, id="anything at the end"),
        pytest.param(["/image.png"], set(), id="a pattern is for the whole address"),
        pytest.param(["*script?js"], set(), id="a question mark is a question mark"),
        pytest.param(["ws://*"], {"/socket"}, id="a WebSocket"),
        pytest.param(["http://localhost*"], {"/ads/frame"}, id="another origin"),
        pytest.param(["*"], ALL | {"/ads/frame"}, id="everything but the page itself"),
    ],
)
def test_addresses(prepare: Preparing, site: Recorder, patterns: list[str], gone: set[str]) -> None:
    assert paths(prepare, site, {"urls": patterns}) == (ALL | {"/ads/frame"}) - gone
    assert "/" in site.paths()


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """Return a folder with two filter lists."""
    lists = tmp_path / "filter-lists"
    lists.mkdir()
    (lists / "one.txt").write_text("! a comment\n/ads/\n/image.png$third-party\n")
    (lists / "two.txt").write_text("/fetch$xmlhttprequest\n/$document\n##.banner\n")
    return tmp_path


def test_advertisements_by_the_lists(prepare: Preparing, site: Recorder, assets: Path) -> None:
    assert paths(prepare, site, {"ads": True}, assets=assets) == ALL - {"/fetch"}


def test_all_kinds_of_blocking_at_once(prepare: Preparing, site: Recorder, assets: Path) -> None:
    block = {"ads": True, "media": True, "resourceTypes": ["Image"], "urls": ["*/xhr"]}
    left = ALL - {"/fetch", "/film.mp4", "/image.png", "/xhr"}
    assert paths(prepare, site, block, assets=assets) == left


def test_a_note_says_that_the_lists_are_missing(prepare: Preparing, tmp_path: Path) -> None:
    async def notes(prepared: Prepared) -> list[str]:
        return prepared.notes

    found = prepare(notes, html="<p>page", prepare={"block": {"ads": True}}, assets=tmp_path)
    assert found == ["advertisements were not blocked: the filter lists are not installed here"]


def test_how_much_was_blocked_is_told(prepare: Preparing, server: Recorder) -> None:
    async def sentences(prepared: Prepared) -> list[str]:
        return list(prepared.tab.tally.sentences())

    server.site = {"/": "<img src=/a.png><img src=/b.png><p>page"}
    block = {"resourceTypes": ["Image"]}
    assert prepare(sentences, url=server.own + "/", prepare={"block": block}) == ["2 requests were blocked"]


def test_a_blocked_request_is_no_error_of_the_page(prepare: Preparing, server: Recorder) -> None:
    async def errors(prepared: Prepared) -> list[str]:
        await prepared.page.wait_for_timeout(500)
        return prepared.tab.console.errors

    server.site = {"/": "<img src=/a.png><p>page", "/b.png": Reply("", status=404)}
    spec: dict[str, Any] = {"url": server.own + "/", "failOn": {"consoleError": True}}
    assert prepare(errors, **spec, prepare={"block": {"resourceTypes": ["Image"]}}) == []
