"""Which requests keep a page from being settled."""

import pytest

from kubeshot_capture.traffic import OLD_SECONDS, POLLING_SECONDS, POLLS, READING_SECONDS, Activity, Traffic
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


@pytest.mark.parametrize(("kind", "in_flight"), [("fetch", 0), ("xhr", 0), ("script", 1), ("document", 1)])
def test_an_answer_that_no_script_reads_is_there(kind: str, in_flight: int) -> None:
    clock = FakeClock()
    traffic = Traffic(clock)
    traffic.started("a", kind, "GET /")
    traffic.answered("a", "application/json")
    assert traffic.activity().in_flight == 1
    clock.now += READING_SECONDS
    assert traffic.activity().in_flight == in_flight


def asked(questions: list[str], kind: str = "fetch", seconds: float = POLLING_SECONDS) -> Activity:
    """Return the activity after so many requests, evenly in this time, none of which came to its end."""
    clock = FakeClock()
    traffic = Traffic(clock)
    for number, question in enumerate(questions):
        clock.now = number * seconds / (len(questions) - 1)
        traffic.started(number, kind, question)
    return traffic.activity()


@pytest.mark.parametrize(
    ("questions", "kind", "seconds", "activity"),
    [
        pytest.param(["GET /new"] * (POLLS + 1), "fetch", POLLING_SECONDS, Activity(POLLS, 0), id="the same"),
        pytest.param(
            [f"GET /new?{n}.5" for n in range(POLLS + 1)],
            "xhr",
            POLLING_SECONDS,
            Activity(POLLS, 0),
            id="but for a number",
        ),
        pytest.param(["GET /new"] * POLLS, "fetch", 4.0, Activity(POLLS, POLLS), id="not often enough"),
        pytest.param(["GET /new"] * 9, "fetch", POLLING_SECONDS - 0.1, Activity(9, 9), id="not for long enough"),
        pytest.param([f"POST /api {n}" for n in "abcde"], "fetch", 4.0, Activity(5, 5), id="other questions"),
        pytest.param(["GET /new"] * 5, "image", 4.0, Activity(5, 5), id="no script"),
    ],
)
def test_polling_does_not_count(questions: list[str], kind: str, seconds: float, activity: Activity) -> None:
    assert asked(questions, kind, seconds) == activity


def test_a_video_on_its_way_is_known() -> None:
    traffic = Traffic(FakeClock())
    traffic.started("a", "media")
    assert traffic.plays
    traffic.ended("a")
    assert not traffic.plays


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
