"""Each area shows its part of the page, and says so when there is nothing to show."""

from collections.abc import Mapping
from typing import Any

import pytest

from integration.engine.opened import OnPage, Opened
from integration.engine.pictures import (
    BARE,
    FULL_PAGE,
    WINDOW_PICTURE,
    colour_at,
    develop,
    pictures,
    stripe_colour,
    stripes,
)
from kubeshot_capture.failures import CaptureError
from kubeshot_contract.reasons import Reason

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
# Ten stripes of 100 pixels in a window of 400 x 300.
STRIPES = BARE + stripes(10)
BLOCKS = (
    BARE
    + """<style>.a { position: absolute; left: 50px; top: 60px; width: 30px; height: 20px; background: red }
  .b { position: absolute; left: 200px; top: 700.5px; width: 40px; height: 30px; background: blue }
  .gone { display: none } .empty { visibility: hidden; position: absolute; left: 390px; top: 0 }</style>
  <div class="a"></div><div class="b"></div><p class="gone">gone</p><p class="empty">empty</p>"""
)
SHADOW = BARE + "<div id=host></div><script>host.attachShadow({mode: 'open'}).innerHTML = `" + BLOCKS + "`</script>"


def element(selector: str, **fields: Any) -> Mapping[str, Any]:
    return {"name": "part", "area": "Element", "selector": selector, **fields}


def clip(x: int, y: int, width: int, height: int) -> Mapping[str, Any]:
    return {"name": "part", "area": "Clip", "clip": {"x": x, "y": y, "width": width, "height": height}}


@pytest.mark.parametrize(
    ("output", "size", "first", "last"),
    [
        pytest.param(WINDOW_PICTURE, (400, 300), 0, 2, id="the window"),
        pytest.param(FULL_PAGE, (400, 1000), 0, 9, id="the page"),
        pytest.param({**FULL_PAGE, "maxHeight": 450}, (400, 450), 0, 4, id="the page as far as it is asked for"),
        pytest.param({**FULL_PAGE, "maxHeight": 5000}, (400, 1000), 0, 9, id="no more than the page"),
        pytest.param(clip(10, 100, 50, 150), (50, 150), 1, 2, id="a clip in the window"),
        pytest.param(clip(10, 650, 50, 200), (50, 200), 6, 8, id="a clip below it"),
        pytest.param(element("div:nth-of-type(9)"), (400, 100), 8, 8, id="an element below the window"),
    ],
)
def test_an_area_is_what_it_says(
    on_page: OnPage, output: Mapping[str, Any], size: tuple[int, int], first: int, last: int
) -> None:
    [picture] = pictures(on_page, STRIPES, output).values()
    assert picture.size == size
    assert colour_at(picture, 5, 0) == stripe_colour(first)
    assert colour_at(picture, 5, size[1] - 1) == stripe_colour(last)


@pytest.mark.parametrize("page", [BLOCKS, SHADOW], ids=["in the page", "in a shadow root"])
def test_the_box_is_around_all_that_is_visible(on_page: OnPage, page: str) -> None:
    [picture] = pictures(on_page, page, element(".a, .b, .gone, .empty")).values()
    assert picture.size == (240 - 50, 731 - 60)
    assert colour_at(picture, 0, 0) == RED
    assert colour_at(picture, picture.width - 1, picture.height - 5) == BLUE


@pytest.mark.parametrize(
    ("padding", "size", "corner"),
    [
        pytest.param(10, (50, 40), (10, 10), id="all around"),
        pytest.param(100, (180, 180), (50, 60), id="no further than the page"),
    ],
)
def test_padding(on_page: OnPage, padding: int, size: tuple[int, int], corner: tuple[int, int]) -> None:
    [picture] = pictures(on_page, BLOCKS, element(".a", padding=padding)).values()
    assert picture.size == size
    assert colour_at(picture, *corner) == RED
    assert colour_at(picture, corner[0] - 1, corner[1]) == WHITE


@pytest.mark.parametrize(
    ("output", "reason", "words"),
    [
        pytest.param(element("#nobody"), Reason.SELECTOR_NOT_FOUND, "nothing on the page matches", id="no match"),
        pytest.param(element(".gone"), Reason.SELECTOR_NOT_FOUND, "is visible", id="nothing visible"),
        pytest.param(element("p["), Reason.INVALID_REQUEST, "p[", id="no selector"),
        pytest.param(clip(0, 5000, 10, 10), Reason.INVALID_REQUEST, "begins at 0, 5000", id="a clip outside"),
    ],
)
def test_nothing_to_show(on_page: OnPage, output: Mapping[str, Any], reason: Reason, words: str) -> None:
    with pytest.raises(CaptureError) as caught:
        pictures(on_page, BLOCKS, output)
    assert caught.value.reason is reason
    assert words in str(caught.value)


def test_a_clip_that_is_partly_outside_is_cut_and_told(on_page: OnPage) -> None:
    async def work(opened: Opened) -> tuple[tuple[int, int], list[str]]:
        [picture] = (await develop(opened, clip(300, 900, 500, 500))).values()
        return picture.size, opened.notes

    size, notes = on_page(STRIPES, work)
    assert size == (100, 100)
    assert notes == ["the clip of the output part is cut to the page: 100 x 100 pixels"]


@pytest.mark.parametrize("output", [WINDOW_PICTURE, FULL_PAGE, clip(0, 0, 100, 500)], ids=["window", "page", "clip"])
@pytest.mark.parametrize("omit", [True, False])
def test_what_is_not_painted_is_transparent_on_request(on_page: OnPage, output: Mapping[str, Any], omit: bool) -> None:
    [picture] = pictures(on_page, BLOCKS, {**output, "omitBackground": omit}).values()
    assert picture.getpixel((0, 0)) == ((0, 0, 0, 0) if omit else (255, 255, 255, 255))
    assert picture.getpixel((60, 70)) == (255, 0, 0, 255)


def test_the_background_comes_back_for_the_next_output(on_page: OnPage) -> None:
    found = pictures(on_page, BLOCKS, {**FULL_PAGE, "omitBackground": True}, {"name": "other", "area": "FullPage"})
    assert found["other"].getpixel((0, 0)) == (255, 255, 255, 255)


def test_the_window_stays_where_the_actions_left_it_and_the_page_begins_at_its_beginning(on_page: OnPage) -> None:
    page = f"{BARE}<div style='position:fixed;left:0;top:0;width:9px;height:9px;background:red'></div>{stripes(10)}"

    async def scroll(opened: Opened) -> None:
        await opened.page.evaluate("scrollTo(0, 500)")

    found = pictures(on_page, page, FULL_PAGE, WINDOW_PICTURE, first=scroll)
    assert list(found) == ["full", "window"]
    assert colour_at(found["window"], 50, 0) == stripe_colour(5)
    assert colour_at(found["window"], 5, 5) == RED
    assert colour_at(found["full"], 5, 5) == RED
    assert colour_at(found["full"], 5, 505) == stripe_colour(5)


def test_columns_that_the_page_hides_are_not_shown(on_page: OnPage) -> None:
    menu = "<nav style='position:absolute;left:400px;width:200px;height:50px;background:red'></nav>"
    [hidden] = pictures(on_page, f"{BARE}<style>body {{ overflow-x: hidden }}</style>{menu}", FULL_PAGE).values()
    [shown] = pictures(on_page, BARE + menu, FULL_PAGE).values()
    assert (hidden.width, shown.width) == (400, 600)
