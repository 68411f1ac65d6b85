"""Brings out what a page shows only to those who scroll."""

import asyncio
import math
from collections.abc import Sequence
from typing import assert_never

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.stages import elements, scroller, watchers
from kubeshot_capture.stages.relief import relieve
from kubeshot_capture.stages.script import NoAnswerError
from kubeshot_capture.stages.scroller import Place
from kubeshot_capture.tab import Tab
from kubeshot_contract.output import ClipArea, ElementArea, FullPageArea, Output, ViewportArea
from kubeshot_contract.result import Outcome

STEP_OF_WINDOW = 0.9
DWELL_SECONDS = 0.1
# What is under way at the end of the page may make it higher.
LAST_DWELLS = 10
MAX_STEPS = 60
MAX_GROWTH = 30_000
# Back to the beginning there has to be time, too.
RETURN_SECONDS = 1.0


async def run(tab: Tab, outputs: Sequence[Output], deadline: Deadline) -> Outcome:
    """Walk through the page as far as an output shows it, come back, and open elements that scroll by themselves."""
    # Documents hold the whole page; their area is left as the window by default.
    parts = [out for out in outputs if not (out.format.is_picture and isinstance(out.area, ViewportArea))]
    if not parts:
        return Outcome.SKIPPED
    whole = await _walked(tab, parts, deadline.sooner(RETURN_SECONDS))
    try:
        await scroller.open_up(tab, max(RETURN_SECONDS, deadline.left()))
    except NoAnswerError:
        return Outcome.TIMED_OUT
    return Outcome.SETTLED if whole else Outcome.TIMED_OUT


async def _walked(tab: Tab, parts: Sequence[Output], deadline: Deadline) -> bool:
    try:
        hidden = await scroller.seek(tab, deadline.left())
        reach = max([await _reach(tab, output, deadline) for output in parts])
        if not hidden or reach <= tab.viewport.height or not await _is_needed(tab, parts, deadline):
            return True
        return await _walk(tab, reach, deadline)
    except NoAnswerError:
        return False


async def _is_needed(tab: Tab, parts: Sequence[Output], deadline: Deadline) -> bool:
    """Say whether the page has to be walked through for what the outputs show of it."""
    # For less than all of the page, only the images on the way are to load.
    if not all(isinstance(part.area, FullPageArea) for part in parts):
        return True
    return await watchers.notices_scrolling(tab, await tab.session(), deadline.left())


async def _reach(tab: Tab, output: Output, deadline: Deadline) -> float:
    """Return how far down an output shows the page: to its end for an element that may come to be on the way."""
    match output.area:
        case FullPageArea(max_height):
            return max_height or math.inf
        case ElementArea(selector, padding):
            _, box = await elements.find(tab, selector, deadline.left())
            return box.bottom + padding if box else math.inf
        case ClipArea(_, y, _, height):
            return y + height
        case ViewportArea():
            return math.inf
    assert_never(output.area)


async def _walk(tab: Tab, reach: float, deadline: Deadline) -> bool:
    """Walk down as far as it goes; return whether time was enough. What was passed over is told in a note."""
    session = await tab.session()
    start = place = await scroller.step(tab, 0, deadline.left())
    passed_over = False
    for steps_left in range(MAX_STEPS, 0, -1):
        await asyncio.sleep(DWELL_SECONDS)
        await relieve(session)
        if place.bottom >= place.height - 1:
            place = await _grown(tab, place, deadline)
        rest = min(reach, place.height) - place.bottom
        if rest <= 1 or place.height - start.height > MAX_GROWTH or not deadline.left():
            break
        usual = round(place.view * STEP_OF_WINDOW)
        stride = max(usual, math.ceil(rest / steps_left))
        passed_over = passed_over or stride > place.view
        place = await scroller.step(tab, place.top + stride, deadline.left())
    _note(tab, start, place, reach, passed_over)
    return bool(deadline.left())


async def _grown(tab: Tab, place: Place, deadline: Deadline) -> Place:
    """Return the place at the end of a page again, after a while in which the page may become higher."""
    for _ in range(LAST_DWELLS):
        place = await scroller.step(tab, place.top, deadline.left())
        if place.bottom < place.height - 1 or not tab.traffic.activity().in_flight or not deadline.left():
            break
        await asyncio.sleep(DWELL_SECONDS)
    return place


def _note(tab: Tab, start: Place, end: Place, reach: float, passed_over: bool) -> None:
    if end.height > start.height and end.bottom < min(reach, end.height) - 1:
        tab.note(f"the page grows as one scrolls: it was stopped at {end.height} pixels, maxHeight stops it sooner")
    elif end.bottom < min(reach, end.height) - 1:
        tab.note(
            f"only {end.bottom} of {end.height} pixels were scrolled through: what loads on scrolling may be missing"
        )
    elif passed_over:
        tab.note(f"{end.height} pixels were scrolled through in long steps: what loads on scrolling may be missing")
