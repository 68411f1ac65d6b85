"""Which requests keep a page from being settled."""

import pytest

from kubeshot_capture.traffic import OLD_SECONDS, Activity, Traffic
from unit.capture.clock import FakeClock


@pytest.mark.parametrize("kind", ["document", "script", "stylesheet", "image", "xhr", "fetch"])
def test_a_request_is_under_way_until_it_ends(kind: str) -> None:
    traffic = Traffic(FakeClock())
    traffic.started("a", kind)
    assert traffic.activity() == Activity(begun=1, in_flight=1)
    traffic.ended("a")
    assert traffic.activity() == Activity(begun=1, in_flight=0)


@pytest.mark.parametrize("kind", ["eventsource", "websocket", "ping", "media", "font"])
def test_what_has_no_end_or_no_picture_does_not_count(kind: str) -> None:
    traffic = Traffic(FakeClock())
    traffic.started("a", kind)
    assert traffic.activity() == Activity(begun=0, in_flight=0)


def test_a_stream_stops_counting_when_its_type_is_known() -> None:
    traffic = Traffic(FakeClock())
    traffic.started("a", "fetch")
    traffic.answered("a", "Text/Event-Stream; charset=utf-8")
    assert traffic.activity().in_flight == 0


def test_other_answers_keep_counting_until_their_body_is_there() -> None:
    traffic = Traffic(FakeClock())
    traffic.started("a", "fetch")
    traffic.answered("a", "application/json")
    assert traffic.activity().in_flight == 1


def test_an_old_request_does_not_count() -> None:
    clock = FakeClock()
    traffic = Traffic(clock)
    traffic.started("a", "fetch")
    clock.now += OLD_SECONDS
    assert traffic.activity().in_flight == 0


@pytest.mark.parametrize(
    ("error", "cut_off"),
    [("net::ERR_NETWORK_CHANGED", True), ("net::ERR_CONNECTION_REFUSED", False), ("", False)],
    ids=["the pod's network changed", "the server is away", "no reason given"],
)
def test_only_our_own_network_cuts_a_page_off(error: str, cut_off: bool) -> None:
    traffic = Traffic(FakeClock())
    traffic.started("a", "image")
    traffic.failed("a", error)
    assert (traffic.cut_off, traffic.activity().in_flight) == (cut_off, 0)
