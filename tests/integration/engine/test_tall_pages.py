"""Tall pages are exact to the pixel, and don't notice that they are taken in parts."""

from pathlib import Path

import pytest
from PIL import Image

from integration.engine.locally import capture
from integration.engine.opened import OnPage, Opened
from integration.engine.pictures import BARE, FULL_PAGE, colour_at, develop, pictures, stripe_colour, stripes
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages import shoot
from kubeshot_contract.reasons import Reason

TALL = BARE + stripes(80)
# What a script is told when Chromium changes the window, and what it would do about it.
LISTENING = """<script>
  window.heard = [];
  const hear = event => heard.push(event.type);
  addEventListener('resize', hear);
  visualViewport.addEventListener('resize', hear);
  matchMedia('(max-width: 100px)').addEventListener('change', hear);
  new ResizeObserver(() => hear({type: 'observed'})).observe(document.body);
</script>"""


def wrong_rows(picture: Image.Image, stripe: int) -> list[int]:
    """Return the rows that differ from the pattern, in the first, a middle and the last column."""
    expected = [stripe_colour(row // stripe) for row in range(picture.height)]
    wrong: set[int] = set()
    for column in (0, picture.width // 2, picture.width - 1):
        found = picture.crop((column, 0, column + 1, picture.height)).convert("RGB").tobytes()
        wrong |= {row for row in range(picture.height) if tuple(found[3 * row : 3 * row + 3]) != expected[row]}
    return sorted(wrong)


def test_60_000_rows_are_exact_to_the_pixel(tmp_path: Path) -> None:
    done = capture(tmp_path, html=BARE + stripes(600), viewport={"width": 1280, "height": 800}, outputs=[FULL_PAGE])
    assert done.exit_code == 0, done.log
    Image.MAX_IMAGE_PIXELS = None
    picture = done.picture("full.png")
    assert picture.size == (1280, 60_000)
    assert wrong_rows(picture, 100) == []


@pytest.mark.parametrize("scale", [1.5, 2, 3])
def test_tiles_meet_at_every_scale(tmp_path: Path, scale: float) -> None:
    done = capture(tmp_path, html=TALL, viewport={"width": 320, "height": 240, "scale": scale}, outputs=[FULL_PAGE])
    assert done.exit_code == 0, done.log
    picture = done.picture("full.png")
    assert picture.size == (320 * scale, 8000 * scale)
    assert wrong_rows(picture, round(100 * scale)) == []


def test_tiles_of_a_page_that_is_slow_to_lay_out_meet_too(on_page: OnPage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every tile is slow then: the first one has 2,048 rows, all others 8,192.
    monkeypatch.setattr(shoot, "SLOW_TILE_SECONDS", 0.0)
    [picture] = pictures(on_page, BARE + stripes(200), FULL_PAGE).values()
    assert picture.height == 20_000
    assert wrong_rows(picture, 100) == []


def test_tiles_meet_on_a_device(tmp_path: Path) -> None:
    page = "<meta name=viewport content='width=device-width'>" + TALL
    done = capture(tmp_path, html=page, device="Pixel 7", outputs=[FULL_PAGE, {"name": "window"}])
    assert done.exit_code == 0, done.log
    # A window of 412 x 839 at 2.625.
    picture, window = done.picture("full.png"), done.picture("window.png")
    assert (picture.width, picture.height) == (window.width, 21_000)
    # Where two stripes meet there is half a row.
    rows = [row for row in range(picture.height) if 1 < row % 262.5 < 261]
    wrong = [row for row in rows if colour_at(picture, 500, row) != stripe_colour(int(row / 262.5))]
    assert wrong == []


def test_the_page_hears_nothing(on_page: OnPage) -> None:
    async def heard(opened: Opened) -> list[str]:
        await opened.page.evaluate("new Promise(done => setTimeout(() => { heard.length = 0; done() }, 300))")
        await develop(opened, FULL_PAGE)
        await opened.page.evaluate("new Promise(done => setTimeout(done, 300))")
        told: list[str] = await opened.page.evaluate("heard")
        return told

    assert on_page(TALL + LISTENING, heard) == []


def test_nothing_moves_from_one_tile_to_the_next(on_page: OnPage) -> None:
    ticking = """<div id=clock style='position:absolute;inset:0;width:50px;height:8000px'></div><script>
      let hue = 0;
      setInterval(() => { clock.style.background = `rgb(0, ${hue = (hue + 1) % 256}, 0)` }, 1)</script>"""
    [picture] = pictures(on_page, TALL + ticking, FULL_PAGE).values()
    assert len({colour_at(picture, 5, row) for row in range(0, 8000, 50)}) == 1


def test_the_page_goes_on_afterwards_as_wide_as_before(on_page: OnPage) -> None:
    async def work(opened: Opened) -> object:
        await develop(opened, FULL_PAGE)
        return await opened.page.evaluate("""async () => {
          const frame = await new Promise(done => requestAnimationFrame(() => done('drawn')));
          return [frame, innerWidth, devicePixelRatio, document.documentElement.style.width];
        }""")

    assert on_page(TALL, work) == ["drawn", 400, 1, ""]


@pytest.mark.parametrize(
    ("page", "output", "words"),
    [
        pytest.param("height: 300001px", {}, "set maxHeight", id="too high"),
        pytest.param("height: 10px; width: 16385px", {}, "a clip", id="too wide"),
        pytest.param("height: 65501px", {"format": "JPEG"}, "JPEG", id="too high for a JPEG"),
        pytest.param("height: 16384px", {"format": "WebP"}, "WebP", id="too high for a WebP"),
        pytest.param("height: 65537px", {"format": "AVIF"}, "AVIF", id="too high for an AVIF"),
    ],
)
def test_what_no_picture_can_hold_is_refused(on_page: OnPage, page: str, output: dict[str, str], words: str) -> None:
    with pytest.raises(CaptureError) as caught:
        pictures(on_page, f"{BARE}<div style='{page}'></div>", {**FULL_PAGE, **output})
    assert caught.value.reason is Reason.PAGE_TOO_LARGE
    assert words in str(caught.value)


def test_what_is_cut_or_made_smaller_is_not_refused(on_page: OnPage) -> None:
    page = f"{BARE}<div style='height: 20000px'></div>"
    cut = {**FULL_PAGE, "format": "WebP", "maxHeight": 1000}
    smaller = {"name": "small", "area": "FullPage", "format": "WebP", "resize": {"width": 40}}
    found = pictures(on_page, page, cut, smaller)
    assert [image.height for image in found.values()] == [1000, 20_000]
