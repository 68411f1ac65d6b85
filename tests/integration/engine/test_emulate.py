"""What the page is told of its user, field by field: each test fails when its field is ignored."""

from typing import Any

import pytest

from integration.engine.prepared import Prepared, Preparing
from integration.engine.recording import Recorder
from kubeshot_contract.reasons import Reason

PAGE = "<!doctype html><meta charset=utf-8><title>page</title><p>text"


def told(prepare: Preparing, expression: str, **spec: Any) -> Any:
    """Return what an expression is in a page with this spec."""

    async def ask(prepared: Prepared) -> Any:
        return await prepared.ask(expression)

    return prepare(ask, **{"html": PAGE, **spec})


def test_the_window_has_the_size_and_scale_that_were_asked_for(prepare: Preparing) -> None:
    window = told(
        prepare, "[innerWidth, innerHeight, devicePixelRatio]", viewport={"width": 500, "height": 300, "scale": 2}
    )
    assert window == [500, 300, 2]


def test_a_device_brings_window_scale_touch_and_user_agent(prepare: Preparing) -> None:
    page = PAGE + "<meta name=viewport content='width=device-width'>"
    window = told(
        prepare,
        "[innerWidth, innerHeight, devicePixelRatio, navigator.maxTouchPoints > 0, navigator.userAgent]",
        html=page,
        device="iPhone 15",
    )
    assert window[:4] == [393, 659, 3, True]
    assert "iPhone" in window[4]


def test_a_device_knows_its_viewport_for_the_picture(prepare: Preparing) -> None:
    async def viewport(prepared: Prepared) -> tuple[int, int, float]:
        found = prepared.tab.viewport
        return found.width, found.height, found.scale

    assert prepare(viewport, html=PAGE, device="iPhone 15 landscape") == (734, 343, 3.0)


@pytest.mark.parametrize(
    ("name", "hint"), [("iphone 15", "iPhone 15"), ("Pixl 7", "Pixel 7"), ("qqqq", "Playwright")], ids=str
)
def test_an_unknown_device_is_told_with_the_nearest_names(prepare: Preparing, name: str, hint: str) -> None:
    failure = prepare.failure(html=PAGE, device=name)
    assert failure
    assert failure.reason is Reason.INVALID_REQUEST
    assert hint in str(failure)


@pytest.mark.parametrize(
    ("emulate", "query"),
    [
        pytest.param({"colorScheme": "Dark"}, "(prefers-color-scheme: dark)", id="dark"),
        pytest.param({"colorScheme": "Light"}, "(prefers-color-scheme: light)", id="light"),
        pytest.param({"reducedMotion": "Reduce"}, "(prefers-reduced-motion: reduce)", id="reduced motion"),
        pytest.param({"reducedMotion": "NoPreference"}, "(prefers-reduced-motion: no-preference)", id="any motion"),
        pytest.param({"media": "Print"}, "print", id="print"),
        pytest.param({"media": "Screen"}, "screen", id="screen"),
        pytest.param({"media": "Print", "colorScheme": "Dark"}, "print and (prefers-color-scheme: dark)", id="both"),
    ],
)
def test_media_features(prepare: Preparing, emulate: dict[str, str], query: str) -> None:
    assert told(prepare, f"matchMedia('{query}').matches", emulate=emulate) is True


def test_the_locale_is_in_formats_and_in_what_the_server_gets(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": PAGE}
    formats = told(
        prepare,
        "[navigator.language, (1234.5).toLocaleString()]",
        url=server.own + "/",
        html=None,
        emulate={"locale": "de-DE"},
    )
    assert formats == ["de-DE", "1.234,5"]
    assert server.to("/").headers["accept-language"].startswith("de-DE")


def test_the_time_zone_is_the_one_that_was_asked_for(prepare: Preparing) -> None:
    expression = "[new Date(0).getHours(), Intl.DateTimeFormat().resolvedOptions().timeZone]"
    assert told(prepare, expression, emulate={"timezone": "Asia/Tokyo"}) == [9, "Asia/Tokyo"]


@pytest.mark.parametrize(
    ("emulate", "words"),
    [
        pytest.param({"timezone": "Mars/Olympus"}, "time zone Mars/Olympus", id="time zone"),
        pytest.param({"locale": "abcdefgh-1"}, "locale abcdefgh-1", id="locale"),
        pytest.param({"clock": "yesterday"}, "2026-01-01T00:00:00Z", id="moment"),
        pytest.param({"clock": "2026-01-01T00:00:00"}, "2026-01-01T00:00:00Z", id="moment of no zone"),
    ],
)
def test_what_no_browser_knows_is_the_requests_fault(prepare: Preparing, emulate: dict[str, str], words: str) -> None:
    failure = prepare.failure(html=PAGE, emulate=emulate)
    assert failure
    assert failure.reason is Reason.INVALID_REQUEST
    assert words in str(failure)


def test_the_page_is_told_where_it_is_without_a_question(prepare: Preparing) -> None:
    place = told(
        prepare,
        "new Promise(done => navigator.geolocation.getCurrentPosition("
        "({coords}) => done([coords.latitude, coords.longitude, coords.accuracy]), error => done(error.message)))",
        emulate={"geolocation": {"latitude": 52.5, "longitude": 13.25, "accuracy": 7}},
    )
    assert place == [52.5, 13.25, 7]


def test_the_user_agent_is_the_one_that_was_asked_for(prepare: Preparing, server: Recorder) -> None:
    server.site = {"/": PAGE}
    spec = {"url": server.own + "/", "html": None, "emulate": {"userAgent": "Kubeshot/1"}}
    assert told(prepare, "navigator.userAgent", **spec) == "Kubeshot/1"
    assert server.to("/").headers["user-agent"] == "Kubeshot/1"


@pytest.mark.parametrize(("java_script", "title"), [(True, "scripted"), (False, "page")], ids=["on", "off"])
def test_scripts_run_or_not(prepare: Preparing, java_script: bool, title: str) -> None:
    page = PAGE + "<script>document.title = 'scripted'</script>"
    assert told(prepare, "document.title", html=page, emulate={"javaScript": java_script}) == title
