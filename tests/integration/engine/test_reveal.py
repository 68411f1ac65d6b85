"""What a page shows only to those who scroll is in the picture, and the page is at its beginning again."""

import pytest

from integration.engine.opened import OnPage, Opened, within
from integration.engine.pictures import (
    BARE,
    FULL_PAGE,
    WINDOW_PICTURE,
    colour_at,
    develop,
    pictures,
    rows_of,
    stripe_colour,
    stripes,
)
from kubeshot_capture.stages import reveal, watchers
from kubeshot_contract.result import Outcome
from unit.contract.make import make_spec

RED, BLUE, GREEN, WHITE = (255, 0, 0), (0, 0, 255), (0, 128, 0), (255, 255, 255)
BLUE_IMAGE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Crect width='100%25' height='100%25' "
BLUE_IMAGE += "fill='blue'/%3E%3C/svg%3E"

LAZY = f"""<img loading="lazy" src="{BLUE_IMAGE}" width="50" height="50">"""
BY_SCRIPT = f"""<img data-src="{BLUE_IMAGE}" width="50" height="50"><script>
  const seen = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting)
    .forEach(entry => {{ entry.target.src = entry.target.dataset.src }}));
  document.querySelectorAll('[data-src]').forEach(image => seen.observe(image));
</script>"""
LISTENS = "<script>addEventListener('scroll', () => {})</script>"
GAP = "<p style='height: 6000px; margin: 0'></p>"
FRAME = {"/": f"{BARE}{GAP}<iframe src=/frame loading=lazy></iframe>", "/frame": BARE + LAZY}

# The header has 40 rows, the footer 30, and 2,000 rows are between them.
PARTS = "<header></header><main>" + stripes(20) + "</main><footer></footer>"
LOOKS = """<style>header { height: 40px; background: red } footer { height: 30px; background: blue }
  main { overflow: auto }</style>"""
SHELLS = {
    "a column": "<style>body { height: 100vh; display: flex; flex-direction: column } main { flex: 1 }</style>",
    "a grid": "<style>body { height: 100vh; display: grid; grid-template-rows: 40px 1fr 30px }</style>",
    "full height all the way": """<style>html, body { height: 100%; overflow: hidden }
      body { display: flex; flex-direction: column } main { flex: 1; min-height: 0 }</style>""",
    "a height of its own": "<style>body { overflow: hidden } main { height: calc(100vh - 70px) }</style>",
    "a greatest height": "<style>main { max-height: 230px }</style>",
}
FIXED = """<style>main { position: fixed; inset: 40px 0 0 0 } footer { display: none }</style>"""
BODY = "<style>html { overflow: hidden; height: 100% } body { height: 100%; overflow: auto }</style>"


@pytest.mark.parametrize(
    ("page", "left"),
    [
        pytest.param(BARE + GAP + LAZY, 5, id="a lazy image"),
        pytest.param(BARE + GAP + BY_SCRIPT, 5, id="an image that a script loads"),
        pytest.param(FRAME, 7, id="a lazy frame with a lazy image"),
    ],
)
def test_what_loads_late(on_page: OnPage, page: str, left: int) -> None:
    [picture] = pictures(on_page, page, FULL_PAGE, settled=True).values()
    assert colour_at(picture, left, 6020) == BLUE


def test_200_lazy_images(on_page: OnPage) -> None:
    images = "".join(f"<p style='margin:0;height:100px'>{LAZY}</p>" for _ in range(200))
    [picture] = pictures(on_page, BARE + images, FULL_PAGE, settled=True).values()
    assert [row for row in range(20, 20_000, 100) if colour_at(picture, 20, row) != BLUE] == []


@pytest.mark.parametrize("name", SHELLS)
def test_an_element_that_scrolls_is_opened(on_page: OnPage, name: str) -> None:
    [picture] = pictures(on_page, BARE + LOOKS + SHELLS[name] + PARTS, FULL_PAGE).values()
    assert picture.size == (400, 2070)
    assert rows_of(picture, RED) == list(range(40))
    assert rows_of(picture, BLUE) == list(range(2040, 2070))
    assert [colour_at(picture, 5, 90 + 100 * number) for number in range(20)] == [stripe_colour(n) for n in range(20)]


@pytest.mark.parametrize(
    ("shell", "top"), [pytest.param(FIXED, 40, id="a fixed one"), pytest.param(BODY, 40, id="the body")]
)
def test_other_elements_that_scroll(on_page: OnPage, shell: str, top: int) -> None:
    [picture] = pictures(on_page, BARE + LOOKS + shell + PARTS, FULL_PAGE).values()
    assert rows_of(picture, stripe_colour(19)) == list(range(top + 1900, top + 2000))


def test_the_window_is_shown_as_it_was_beside_a_page_that_was_opened(on_page: OnPage) -> None:
    page = BARE + LOOKS + SHELLS["a column"] + PARTS

    async def scroll(opened: Opened) -> None:
        await opened.page.evaluate("document.querySelector('main').scrollTo(0, 200)")

    found = pictures(on_page, page, WINDOW_PICTURE, FULL_PAGE, first=scroll)
    assert found["window"].size == (400, 300)
    assert rows_of(found["window"], BLUE) == list(range(270, 300))
    assert rows_of(found["window"], stripe_colour(2)) == list(range(40, 140))
    assert found["full"].size == (400, 2070)
    assert rows_of(found["full"], stripe_colour(0)) == list(range(40, 140))


def test_blocks_as_high_as_the_window_stay_so(on_page: OnPage) -> None:
    page = BARE + f"<div style='height:100vh;background:red'></div>{GAP}<div style='height:50vh;background:blue'></div>"
    [picture] = pictures(on_page, page, FULL_PAGE).values()
    assert picture.height == 300 + 6000 + 150
    assert (len(rows_of(picture, RED)), len(rows_of(picture, BLUE))) == (300, 150)


def test_headers_that_stay_in_the_window_are_there_once(on_page: OnPage) -> None:
    bars = """<div style='position:fixed;bottom:0;width:100%;height:20px;background:blue'></div>
      <div style='position:sticky;top:0;height:30px;background:red'></div>"""
    [picture] = pictures(on_page, BARE + bars + GAP, FULL_PAGE).values()
    assert rows_of(picture, RED) == list(range(30))
    assert rows_of(picture, BLUE) == list(range(280, 300))


@pytest.mark.parametrize(
    ("page", "note"),
    [
        pytest.param(
            """<body><script>const more = () => { const part = document.createElement('p'); part.style.height = '900px';
              document.body.append(part) }; more(); addEventListener('scroll', more)</script>""",
            "the page grows as one scrolls",
            id="one that never ends",
        ),
        pytest.param(f"<p style='height: 40000px'></p>{LISTENS}", "in long steps", id="a very tall one"),
        pytest.param(f"<p style='height: 3000px'></p>{LISTENS}", None, id="a usual one"),
    ],
)
def test_a_walk_has_an_end(on_page: OnPage, page: str, note: str | None) -> None:
    async def work(opened: Opened) -> tuple[Outcome, list[str], int, int]:
        outcome = await reveal.run(opened.tab, make_spec(outputs=[FULL_PAGE]).outputs, within(40))
        top, height = await opened.page.evaluate("[scrollY, document.documentElement.scrollHeight]")
        return outcome, opened.notes, top, height

    outcome, notes, top, height = on_page(BARE + page, work)
    assert outcome is Outcome.SETTLED
    assert top == 0
    assert height < 45_000
    assert len(notes) == bool(note)
    assert note is None or note in notes[0]


@pytest.mark.parametrize(
    ("page", "notices"),
    [
        pytest.param(LAZY, False, id="a lazy image"),
        pytest.param("<script>addEventListener('click', () => {})</script>", False, id="another listener"),
        pytest.param(LISTENS, True, id="a listener of the window"),
        pytest.param("<script>document.addEventListener('scrollend', () => {})</script>", True, id="of the document"),
        pytest.param("<script>document.body.onscroll = () => {}</script>", True, id="an attribute"),
        pytest.param(BY_SCRIPT, True, id="an observer"),
        pytest.param("<script>IntersectionObserver = null</script>", True, id="no telling"),
        pytest.param("<iframe srcdoc='x'></iframe>", True, id="a frame"),
        pytest.param("<p style='content-visibility: auto'>x</p>", True, id="content that Chromium puts off"),
    ],
)
def test_a_page_that_cannot_notice_is_not_walked_through(on_page: OnPage, page: str, notices: bool) -> None:
    async def work(opened: Opened) -> bool:
        return await watchers.notices_scrolling(opened.tab, await opened.tab.session(), 10)

    assert on_page(BARE + GAP + page, work) is notices


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(WINDOW_PICTURE, id="the window"),
        pytest.param({"name": "part", "area": "Element", "selector": "h1"}, id="an element in it"),
        pytest.param({"name": "part", "area": "Clip", "clip": {"width": 10, "height": 10}}, id="a clip of it"),
        pytest.param({**FULL_PAGE, "maxHeight": 300}, id="a page no higher than it"),
    ],
)
def test_nobody_scrolls_for_what_is_in_the_window(on_page: OnPage, output: dict[str, object]) -> None:
    async def scrolls(opened: Opened) -> int:
        await opened.page.evaluate("window.scrolls = 0; addEventListener('scroll', () => { scrolls++ })")
        await develop(opened, output)
        return int(await opened.page.evaluate("scrolls"))

    assert on_page(f"{BARE}<h1>Head</h1>{GAP}", scrolls) == 0


def test_a_page_that_does_not_answer_is_not_waited_for(on_page: OnPage) -> None:
    async def work(opened: Opened) -> Outcome:
        await opened.page.evaluate("setTimeout(() => { while (true); }, 0)")
        return await reveal.run(opened.tab, make_spec(outputs=[FULL_PAGE]).outputs, within(2))

    assert on_page(BARE + GAP, work) is Outcome.TIMED_OUT
