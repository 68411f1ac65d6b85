"""What is hidden, removed, masked and styled is so wherever it is: in shadow roots, in frames, under any policy."""

from collections.abc import Mapping

import pytest

from integration.engine.opened import OnPage, Opened, within
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages import clean, styling
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome
from unit.contract.make import make_spec

RED, WHITE, BLUE, GREY = (255, 0, 0), (255, 255, 255), (0, 0, 255), (128, 128, 128)
SECONDS = 15.0

# A red block of 100 x 100, and a blue one below it, which moves up when the red one is removed.
BLOCKS = """<style>div {height: 100px; width: 100px} .a {background: red} .b {background: blue}</style>
  <div class="a"></div><div class="b"></div>"""
MARGIN = "<!doctype html><style>body {margin: 0}</style>"
PAGE = MARGIN + BLOCKS
SHADOW = (
    MARGIN
    + f"""<section id="host"></section>
  <script>host.attachShadow({{mode: 'open'}}).innerHTML = `{BLOCKS}`</script>"""
)
FRAME = {"/": f'{MARGIN}<iframe src="/frame" width="100" height="200" frameborder="0"></iframe>', "/frame": PAGE}
STRICT = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-src *"

CASES = {
    "hide": ({"hide": [".a"]}, WHITE, BLUE),
    "remove": ({"remove": [".a"]}, BLUE, WHITE),
    "mask": ({"mask": [".a"]}, GREY, BLUE),
    "styles": ({"styles": ".b {background: red}"}, RED, RED),
}
WHERE = {"in the page": PAGE, "in a shadow root": SHADOW, "in a frame": FRAME}


def styled(on_page: OnPage, prepare: object, page: str | Mapping[str, str], policy: str = "") -> tuple[object, object]:
    """Return the colours where the red and the blue block were."""

    async def work(opened: Opened) -> tuple[object, object]:
        spec = make_spec(prepare=prepare)
        assert await clean.run(opened.tab, spec.prepare, within(SECONDS)) is Outcome.SETTLED
        return await opened.colour(50, 50), await opened.colour(50, 150)

    return on_page(page, work, policy=policy)


@pytest.mark.parametrize(("prepare", "first", "second"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("page", WHERE.values(), ids=WHERE)
def test_a_page_is_styled(on_page: OnPage, prepare: object, first: object, second: object, page: str) -> None:
    assert styled(on_page, prepare, page, STRICT) == (first, second)


IMPORTANT = """<!doctype html><style>
  body {margin: 0} #x.a.a.a {visibility: visible !important; display: block !important}
  div {height: 100px; width: 100px; background: blue} .a {background: red} .a div {visibility: visible}</style>
  <div id="x" class="a"><div style="width: 50px"></div></div>"""


@pytest.mark.parametrize("field", ["hide", "remove"])
def test_it_wins_over_what_the_page_calls_important(on_page: OnPage, field: str) -> None:
    found = styled(on_page, {field: [".a"]}, IMPORTANT)
    assert found == (WHITE, WHITE)


def test_what_a_mask_covers_is_covered_wherever_it_is(on_page: OnPage) -> None:
    page = """<!doctype html><style>body {margin: 0} .m {position: absolute; top: 0; width: 50px; height: 50px}</style>
      <img class="m" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" style="left: 0; background: red">
      <iframe class="m" style="left: 50px; border: 0; background: red"></iframe>
      <canvas class="m" style="left: 100px; background: red"></canvas>
      <div class="m" style="left: 150px; position: fixed; background: red"></div>
      <svg class="m" style="left: 200px; background: red"></svg>
      <p style="font: 50px/50px monospace; color: red; margin: 0; padding-left: 250px"><span class="m"
        style="position: static">&#9608;</span></p>"""

    async def work(opened: Opened) -> list[object]:
        await styling.run(opened.tab, make_spec(prepare={"mask": [".m"]}).prepare, SECONDS)
        return [await opened.colour(x, 25) for x in (25, 75, 125, 175, 225, 260)]

    assert on_page(page, work) == [GREY] * 6


def test_what_came_later_is_covered_before_the_picture(on_page: OnPage) -> None:
    prepare = make_spec(prepare={"mask": [".a"]}).prepare
    add = f"""() => {{
      const host = document.body.appendChild(document.createElement('section'));
      host.attachShadow({{mode: 'open'}}).innerHTML = `{BLOCKS}`;
    }}"""

    async def work(opened: Opened) -> object:
        await clean.run(opened.tab, prepare, within(SECONDS))
        await opened.page.evaluate(add)
        assert await opened.colour(50, 50) == RED
        await clean.cover(opened.tab, prepare, within(SECONDS))
        return await opened.colour(50, 50)

    assert on_page(MARGIN, work) == GREY


def test_there_is_no_picture_of_what_could_not_be_covered(on_page: OnPage) -> None:
    prepare = make_spec(prepare={"mask": [".a"]}).prepare

    async def work(opened: Opened) -> None:
        await opened.page.evaluate("() => { setTimeout(() => { while (true); }, 0); }")
        await clean.cover(opened.tab, prepare, within(0.5))

    with pytest.raises(CaptureError) as caught:
        on_page(PAGE, work)
    assert caught.value.reason is Reason.DEADLINE_EXCEEDED


@pytest.mark.parametrize("field", ["hide", "remove", "mask"])
@pytest.mark.parametrize("selector", ["a { color: red } b", "text=Go", "//div"])
def test_what_is_no_selector_is_named(on_page: OnPage, field: str, selector: str) -> None:
    with pytest.raises(CaptureError) as caught:
        styled(on_page, {field: [".a", selector]}, PAGE)
    assert caught.value.reason is Reason.INVALID_REQUEST
    assert str(caught.value) == f"prepare.{field} has {selector}, which is not a CSS selector"


def test_what_is_never_closed_takes_nothing_with_it(on_page: OnPage) -> None:
    assert styled(
        on_page, {"hide": [".none[x", ".none /*"], "remove": [".a"], "styles": ".b {background: red"}, PAGE
    ) == (
        RED,
        WHITE,
    )


def test_a_page_is_not_asked_when_nothing_is_to_be_done(on_page: OnPage) -> None:
    async def work(opened: Opened) -> Outcome:
        # It would not answer.
        await opened.page.evaluate("() => { setTimeout(() => { while (true); }, 0); }")
        prepare = make_spec().prepare
        outcome = await clean.run(opened.tab, prepare, within(SECONDS))
        await clean.cover(opened.tab, prepare, within(0.0))
        return outcome

    assert on_page(PAGE, work) is Outcome.SKIPPED
