"""Animations are at their ends and endless ones at their starts, in every root, and they stay so in tall pictures."""

import pytest

from integration.engine.opened import OnPage, Opened, within
from integration.engine.pictures import BARE, FULL_PAGE, colour_at, pictures
from kubeshot_capture.stages import freeze

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)
KEYFRAMES = """<style>
  @keyframes appear { from { opacity: 0 } } @keyframes turn { from { background: green } to { background: red } }
  div { position: absolute; left: 0; top: 0; width: 40px; height: 40px; background: blue }
</style>"""

FINITE = "animation: appear 90s"
ENDLESS = "animation: turn 90s infinite alternate"
BOTH = "animation: appear 90s, turn 90s infinite"
BEGUN = "animation: turn 90s linear -45s infinite"
LATE = "animation: appear 90s 60s both"
PSEUDO = (
    "<style>div::before { content: ''; position: absolute; inset: 0; background: red; animation: appear 90s }</style>"
)
SCRIPTED = "<script>document.querySelector('div').animate([{opacity: 0}, {opacity: 1}], 90000)</script>"
ENDLESS_SCRIPT = """<script>document.querySelector('div')
  .animate([{background: 'green'}, {background: 'red'}], {duration: 90000, iterations: Infinity})</script>"""


def block(style: str, more: str = "") -> str:
    return f"{KEYFRAMES}<div style='{style}'></div>{more}"


CASES = {
    "one that ends": (block(FINITE), BLUE),
    "one that has not begun": (block(LATE), BLUE),
    "an endless one": (block(ENDLESS), GREEN),
    "one of each on the same element": (block(BOTH), GREEN),
    "a pseudo-element's": (block("", PSEUDO), RED),
    "a script's": (block("", SCRIPTED), BLUE),
    "an endless one of a script": (block("", ENDLESS_SCRIPT), GREEN),
}


def in_shadow(content: str) -> str:
    return f"<p id=host></p><script>host.attachShadow({{mode: 'open'}}).innerHTML = `{content}`</script>"


@pytest.mark.parametrize("name", CASES)
def test_animations(on_page: OnPage, name: str) -> None:
    page, colour = CASES[name]
    [picture] = pictures(on_page, BARE + page, {"name": "window"}).values()
    assert colour_at(picture, 20, 20) == colour


@pytest.mark.parametrize("name", ["one that ends", "an endless one"])
def test_animations_in_shadow_roots_and_frames(on_page: OnPage, name: str) -> None:
    page, colour = CASES[name]
    [shadow] = pictures(on_page, BARE + in_shadow(page), {"name": "window"}).values()
    frame = f"{BARE}<iframe src=/frame frameborder=0 style='display: block'></iframe>"
    [framed] = pictures(on_page, {"/": frame, "/frame": BARE + page}, {"name": "window"}).values()
    assert colour_at(shadow, 20, 20) == colour_at(framed, 20, 20) == colour


def test_a_delay_below_zero_is_a_start_of_its_own(on_page: OnPage) -> None:
    [picture] = pictures(on_page, BARE + block(BEGUN), {"name": "window"}).values()
    red, green, _ = colour_at(picture, 20, 20)
    assert 100 < red < 155
    assert 40 < green < 90


@pytest.mark.parametrize(
    ("style", "colour"), [(FINITE, BLUE), (ENDLESS, GREEN), ("transition: left 90s", BLUE)], ids=str
)
def test_a_query_for_the_width_starts_nothing_again(on_page: OnPage, style: str, colour: tuple[int, int, int]) -> None:
    # Chromium makes the window one pixel wide for a moment when it takes a part of the page beyond it.
    tall = "<p style='height: 5000px'></p>"
    page = f"{KEYFRAMES}<style>@media (min-width: 300px) {{ div {{ {style} }} }}</style>{tall}<div></div>"
    narrow = "<style>@media (max-width: 300px) { div { left: 300px } }</style>"
    [picture] = pictures(on_page, BARE + page + narrow, FULL_PAGE).values()
    assert colour_at(picture, 20, 20) == colour


def test_the_caret_is_hidden(on_page: OnPage) -> None:
    field = (
        "<style>* { outline: none; border: 0 } input { caret-color: red; caret-shape: block; font-size: 60px }</style>"
    )

    async def colours(opened: Opened) -> str:
        await freeze.run(opened.tab, within(10))
        return str(await opened.page.evaluate("getComputedStyle(document.activeElement).caretColor"))

    assert on_page(f"{BARE}{field}<input autofocus>", colours) == "rgba(0, 0, 0, 0)"


def test_a_video_stands_still(on_page: OnPage) -> None:
    playing = "<video autoplay muted></video><script>document.querySelector('video').play().catch(() => {})</script>"

    async def paused(opened: Opened) -> bool:
        assert not await opened.page.evaluate("document.querySelector('video').paused")
        await freeze.run(opened.tab, within(10))
        return bool(await opened.page.evaluate("document.querySelector('video').paused"))

    assert on_page(BARE + playing, paused)
