"""Pages that never rest give a picture, and a verdict that says so; pages that rest late are waited for."""

from typing import Any

import pytest

from integration.capture.attempt import Attempt
from integration.capture.conftest import Album, Capture, Shelf
from kubeshot_contract.reasons import ExitCode
from kubeshot_contract.result import Outcome, Stage

QUICK = {"timeout": "6s"}


def outcome(attempt: Attempt, stage: Stage) -> Outcome:
    return next(verdict.outcome for verdict in attempt.result.stages if verdict.stage is stage)


def milliseconds(attempt: Attempt, stage: Stage) -> int:
    return next(verdict.milliseconds for verdict in attempt.result.stages if verdict.stage is stage)


RESTLESS: dict[str, tuple[str, set[Stage]]] = {
    "growing without an end": ("/growing", {Stage.SETTLE}),
    "polling without an end": ("/polling", set()),
    "an image that never comes": ("/image", {Stage.OPEN, Stage.SETTLE}),
    "a page that drips": ("/drip", {Stage.OPEN, Stage.SETTLE}),
    "a font that never comes": ("/font", {Stage.OPEN, Stage.SETTLE}),
    "server-sent events": ("/event-source", set()),
    "a stream that was fetched": ("/fetched-stream", set()),
    "a web socket": ("/web-socket", set()),
    "an animation without an end": ("/endless-animation", set()),
}


@pytest.mark.parametrize("name", RESTLESS)
def test_every_page_gives_a_picture_and_the_truth(album: Album, name: str) -> None:
    attempt, shelf = album.develop({each: (page, {"wait": QUICK}) for each, (page, _) in RESTLESS.items()}, name)
    unfinished = RESTLESS[name][1]
    assert attempt.exit_code == ExitCode.SUCCEEDED, attempt.log
    assert {verdict.stage for verdict in attempt.result.stages if verdict.outcome is Outcome.TIMED_OUT} == unfinished
    assert attempt.result.settled is not bool(unfinished)
    assert shelf.keys() == ["team/screenshot.png"]


def test_a_missing_font_costs_its_own_limit_and_no_more(capture: Capture) -> None:
    attempt = capture("/font")
    assert outcome(attempt, Stage.SETTLE) is Outcome.TIMED_OUT
    assert milliseconds(attempt, Stage.OPEN) + milliseconds(attempt, Stage.SETTLE) < 9000


def test_an_image_that_comes_late_is_in_the_picture(capture: Capture, shelf: Shelf) -> None:
    assert capture("/late-image").result.settled
    colours = {colour for _, colour in shelf.image().getcolors(1 << 16) or []}
    assert (0, 128, 0) in colours


def test_an_animation_is_waited_for(capture: Capture, shelf: Shelf) -> None:
    assert capture("/animation").result.settled
    assert shelf.image().getpixel((390, 200)) == (0, 0, 255)


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        pytest.param({"until": "Load"}, {Stage.SETTLE: Outcome.SKIPPED, Stage.OPEN: Outcome.SETTLED}, id="load"),
        pytest.param({"delay": "300ms"}, {Stage.WAIT: Outcome.SETTLED}, id="a delay"),
        pytest.param({"delay": "9s", "timeout": "1500ms"}, {Stage.WAIT: Outcome.TIMED_OUT}, id="too long a delay"),
    ],
)
def test_what_the_request_waits_for(capture: Capture, wait: dict[str, Any], expected: dict[Stage, Outcome]) -> None:
    attempt = capture("/page", wait=wait)
    assert {stage: outcome(attempt, stage) for stage in expected} == expected
    if wait.get("delay") == "300ms":
        assert milliseconds(attempt, Stage.WAIT) >= 300


def test_a_dom_is_enough_for_those_who_ask_for_no_more(capture: Capture) -> None:
    attempt = capture("/image", wait={"until": "DOMContentLoaded"})
    assert attempt.result.settled
    assert milliseconds(attempt, Stage.OPEN) < 5000
