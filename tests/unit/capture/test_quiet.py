"""A page is settled when it was quiet and unchanged through one whole window."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from kubeshot_capture.quiet import Sample, complaint, images_are_coming, is_settled, missing, unrest

QUIET = Sample(
    at=0.0,
    requests_begun=7,
    requests_in_flight=0,
    fonts_loading=False,
    images_pending=0,
    animations_running=0,
    height=900,
    layouts=3,
)


def poll(*changes: dict[str, Any], start: float = 0.0) -> Sequence[Sample]:
    """Return samples a tenth of a second apart, quiet but for the changes."""
    return [replace(QUIET, **change, at=start + index / 10) for index, change in enumerate(changes)]


CALM: dict[str, Any] = {}

WINDOW = [CALM] * 6


@pytest.mark.parametrize(
    ("samples", "settled"),
    [
        pytest.param(poll(*WINDOW), True, id="quiet through the window"),
        pytest.param(poll(*WINDOW[1:]), False, id="quiet, but not for long enough"),
        pytest.param(poll({"images_pending": 2}, *WINDOW), True, id="quiet after an image"),
        pytest.param(poll(*WINDOW, {"requests_in_flight": 1}), False, id="a request now"),
        pytest.param(poll(CALM, CALM, {"requests_in_flight": 1}, CALM, CALM, CALM), False, id="a request in between"),
        pytest.param(
            poll(CALM, CALM, CALM, *[{"requests_begun": 8}] * 4), False, id="a request too short to be seen under way"
        ),
        pytest.param(poll(CALM, CALM, CALM, *[{"height": 950}] * 4), False, id="the page grew in the window"),
        pytest.param(poll(CALM, CALM, CALM, *[{"layouts": 4}] * 4), False, id="something moved in the window"),
        pytest.param(poll(*[{"layouts": n} for n in range(6)], start=3.0), True, id="something moves for ever"),
        pytest.param(poll({"height": 1}, {"height": 2}, *WINDOW), True, id="the page grew before it"),
        pytest.param(poll(*[{"animations_running": 1}] * 9), False, id="an animation"),
        pytest.param(poll(*[{"fonts_loading": True}] * 9), False, id="fonts on their way"),
        pytest.param(poll(*[{"fonts_loading": True}] * 6, start=3.0), True, id="fonts that don't come"),
        pytest.param(poll(*[{"fonts_loading": True}] * 6, start=2.9), False, id="fonts a moment before"),
        pytest.param(poll(CALM, CALM, {"answered": False}, CALM, CALM, CALM), False, id="no answer in between"),
        pytest.param([replace(QUIET, at=0.0), replace(QUIET, at=1.4)], True, id="slow answers"),
    ],
)
def test_settled(samples: Sequence[Sample], settled: bool) -> None:
    assert is_settled(samples) is settled


@pytest.mark.parametrize(
    ("samples", "seconds"),
    [
        pytest.param(poll(CALM), 0.5, id="the window begins"),
        pytest.param(poll(CALM, CALM, CALM), 0.3, id="quiet so far"),
        pytest.param(poll(CALM, CALM, {"images_pending": 1}), 0.5, id="not quiet"),
        pytest.param(poll(CALM, {"images_pending": 1}, CALM, CALM), 0.4, id="quiet since a moment ago"),
    ],
)
def test_how_long_it_takes_at_least_is_known(samples: Sequence[Sample], seconds: float) -> None:
    assert missing(samples) == pytest.approx(seconds, abs=0.002)


FEWER: list[dict[str, Any]] = [{"images_pending": 3}, {"images_pending": 2}]


@pytest.mark.parametrize(
    ("samples", "coming"),
    [
        pytest.param(poll(*FEWER), True, id="one has come"),
        pytest.param(poll(*FEWER, *[{"images_pending": 2}] * 18), True, id="one came two seconds ago"),
        pytest.param(poll(*FEWER, *[{"images_pending": 2}] * 21), False, id="none has come for longer"),
        pytest.param(poll(*FEWER, *WINDOW[:2]), True, id="the last has come just now"),
        pytest.param(poll(*FEWER, {"answered": False}), True, id="the page is busy with one"),
        pytest.param(poll(*[{"images_pending": 1}] * 9), False, id="one that never comes"),
        pytest.param(poll(*[{"images_pending": n} for n in range(9)]), False, id="ever more of them"),
        pytest.param(poll(*WINDOW), False, id="there are none"),
        pytest.param(poll({"answered": False}), False, id="the page does not answer"),
    ],
)
def test_images_are_waited_for_while_they_come(samples: Sequence[Sample], coming: bool) -> None:
    assert images_are_coming(samples) is coming


def test_the_complaint_names_what_moved() -> None:
    moving = replace(QUIET, requests_in_flight=3, images_pending=1)
    assert unrest(moving) == ("requests in flight: 3", "images not decoded: 1")
    assert complaint([QUIET, moving]) == "requests in flight: 3, images not decoded: 1"


def test_a_page_is_not_called_mute_for_a_last_look_without_time() -> None:
    mute = replace(QUIET, answered=False)
    assert complaint([QUIET, mute]) == "the page kept changing"
    assert complaint([QUIET, mute, mute]) == "the page did not answer"


def test_a_page_that_is_quiet_at_last_was_changing() -> None:
    assert "kept changing" in complaint([QUIET])
