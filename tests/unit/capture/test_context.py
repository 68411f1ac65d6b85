"""What the context's parts decide without a browser."""

import pytest

from kubeshot_capture import clock, emulation
from kubeshot_capture.blocking import address_pattern, blocked_types, type_of
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.session import read_state
from kubeshot_capture.stages import gate
from kubeshot_capture.tab import MainResponse
from kubeshot_capture.tally import Tally
from kubeshot_contract.options import ResourceType
from kubeshot_contract.reasons import Reason
from kubeshot_contract.spec import Device
from unit.contract.make import make_spec


@pytest.mark.parametrize(
    ("patterns", "url", "matches"),
    [
        (["*/beacon/*"], "https://a.test/beacon/1?x", True),
        (["*/beacon/*"], "https://a.test/beacons/1", False),
        (["*.png"], "https://a.test/b.png", True),
        (["*.png"], "https://a.test/b.png?v=2", False),
        (["*.png"], "https://a.test/bxpng", False),
        (["a.test"], "https://a.test/", False),
        (["https://a.test/*", "*b*"], "https://b.test/", True),
        (["*(x)+[y]$^|*"], "https://a.test/(x)+[y]$^|z", True),
        (["*x|y*"], "https://a.test/y", False),
    ],
)
def test_patterns_are_for_whole_addresses(patterns: list[str], url: str, matches: bool) -> None:
    assert bool(address_pattern(patterns).search(url)) is matches


def test_media_is_one_of_the_kinds() -> None:
    block = make_spec(prepare={"block": {"media": True, "resourceTypes": ["Font"]}}).prepare.block
    assert blocked_types(block) == {ResourceType.MEDIA, ResourceType.FONT}


@pytest.mark.parametrize(
    ("word", "kind"),
    [("image", ResourceType.IMAGE), ("ping", ResourceType.OTHER), ("manifest", ResourceType.OTHER), ("document", None)],
)
def test_all_requests_have_a_kind_but_documents(word: str, kind: ResourceType | None) -> None:
    assert type_of(word) is kind


@pytest.mark.parametrize(
    ("moment", "milliseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.5Z", 1500),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1970-01-01t00:00:00z", 0),
    ],
)
def test_moments(moment: str, milliseconds: int) -> None:
    assert clock.milliseconds(moment) == milliseconds


def test_a_device_without_its_like_gets_no_hint() -> None:
    with pytest.raises(CaptureError, match="as Playwright names them"):
        emulation.window(Device("toaster"), {"iPhone 15": {}})


def test_the_request_says_more_than_the_device_of_its_user_agent() -> None:
    known = {"phone": {"viewport": {"width": 3, "height": 4}, "device_scale_factor": 2, "user_agent": "phone"}}
    window = emulation.window(Device("phone"), known)
    asked = emulation.options(make_spec(emulate={"userAgent": "mine"}).emulate)
    assert {**window.options, **asked}["user_agent"] == "mine"


def test_what_is_left_open_is_left_to_the_browser() -> None:
    assert emulation.options(make_spec().emulate) == {}


def test_pages_of_text_may_reach_into_the_network_and_others_ask_nobody() -> None:
    assert emulation.permissions(make_spec(html="<p>")) == ["local-network-access"]
    assert emulation.permissions(make_spec()) == []


@pytest.mark.parametrize(
    ("tally", "sentences"),
    [
        (Tally(), []),
        (Tally(dialogs=1), ["the page opened 1 dialog, which was answered"]),
        (
            Tally(windows=2, blocked=3),
            ["the page opened 2 windows, which were closed", "3 requests were blocked"],
        ),
    ],
)
def test_what_happened_is_told_in_sentences(tally: Tally, sentences: list[str]) -> None:
    assert list(tally.sentences()) == sentences


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"cookies": {}}', '{"origins": "x"}', "[" * 100_000])
def test_a_session_that_is_none(text: str) -> None:
    with pytest.raises(CaptureError) as caught:
        read_state(text)
    assert caught.value.reason is Reason.INVALID_REQUEST


def response(status: int) -> MainResponse:
    return MainResponse("http://a/", status, "text/html")


@pytest.mark.parametrize("status", [200, 203, 304, 399])
def test_the_gate_lets_pages_through(status: int) -> None:
    gate.check("http://a/", response(status), fail_on_http_status=True)


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (404, False), (429, True), (503, True)])
def test_the_gate_stops_errors(status: int, retryable: bool) -> None:
    with pytest.raises(CaptureError) as caught:
        gate.check("http://a/", response(status), fail_on_http_status=True)
    assert caught.value.reason is Reason.HTTP_ERROR
    assert caught.value.failure.retryable is retryable
    assert str(status) in str(caught.value)


def test_the_gate_lets_errors_through_when_they_are_wanted() -> None:
    gate.check("http://a/", response(404), fail_on_http_status=False)


def test_the_gate_never_lets_the_browsers_own_error_page_through() -> None:
    with pytest.raises(CaptureError):
        gate.check("chrome-error://chromewebdata/", None, fail_on_http_status=False)


@pytest.mark.parametrize(
    ("errors", "words"), [(["one"], "has an error: one"), (["one", "two", "three"], "one, and 2 more")]
)
def test_errors_in_the_console(errors: list[str], words: str) -> None:
    with pytest.raises(CaptureError, match=words) as caught:
        gate.check_console(errors)
    assert caught.value.reason is Reason.SCRIPT_FAILED
