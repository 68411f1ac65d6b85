"""What is hard to draw is drawn, and what can't be drawn ends with a reason."""

from pathlib import Path

import pytest

from integration.engine.locally import capture
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
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages import shoot
from kubeshot_contract.reasons import Reason
from unit.contract.make import make_spec

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
GAP = "<p style='height: 5000px; margin: 0'></p>"
WEBGL = """<canvas id=c width=100 height=100></canvas><script>const gl = c.getContext('webgl');
  gl.clearColor(0, 0, 1, 1); gl.clear(gl.COLOR_BUFFER_BIT)</script>"""
CANVAS = """<canvas id=c width=100 height=100></canvas><script>const x = c.getContext('2d'); x.fillStyle = 'blue';
  x.fillRect(0, 0, 100, 100)</script>"""
# 36 million pixels, once as an image and once as a background.
HUGE = """<script>const big = new OffscreenCanvas(6000, 6000); const x = big.getContext('2d'); x.fillStyle = 'blue';
  x.fillRect(0, 0, 6000, 6000);
  big.convertToBlob().then(blob => {{ const url = URL.createObjectURL(blob); {} }})</script>"""
HUGE_IMAGE = "<img id=i width=100 height=100>" + HUGE.format("i.src = url")
HUGE_BACKGROUND = "<p id=i style='margin:0;width:100px;height:100px;background-size:cover'></p>" + HUGE.format(
    "i.style.backgroundImage = `url(${url})`"
)


@pytest.mark.parametrize("output", [WINDOW_PICTURE, FULL_PAGE], ids=["window", "page"])
@pytest.mark.parametrize(
    "page", [WEBGL, CANVAS, HUGE_IMAGE, HUGE_BACKGROUND], ids=["WebGL", "canvas", "huge image", "huge background"]
)
def test_what_is_hard_to_draw(on_page: OnPage, page: str, output: dict[str, str]) -> None:
    settled = "convertToBlob" in page

    async def drawn(opened: Opened) -> None:
        if settled:
            await opened.page.wait_for_function("i.currentSrc || i.style.backgroundImage")

    [picture] = pictures(on_page, BARE + page + GAP, output, first=drawn, settled=settled).values()
    assert colour_at(picture, 50, 50) == BLUE


def test_outputs_of_one_load_show_the_same_moment(on_page: OnPage) -> None:
    ticking = """<p id=p style='margin:0;height:50px'></p><script>let n = 0;
      setInterval(() => { p.style.background = `rgb(0, ${n = (n + 1) % 256}, 0)` }, 1)</script>"""
    outputs = [{"name": f"n{number}", "area": "FullPage"} for number in range(4)]
    found = pictures(on_page, BARE + ticking + GAP, *outputs)
    assert len({colour_at(picture, 5, 5) for picture in found.values()}) == 1


@pytest.mark.parametrize("area", [{}, {"area": "FullPage"}], ids=["window", "page"])
def test_a_page_without_scripts(tmp_path: Path, area: dict[str, str]) -> None:
    page = f"{BARE}{stripes(60)}<script>document.body.innerHTML = ''</script>"
    done = capture(tmp_path, html=page, emulate={"javaScript": False}, outputs=[{"name": "screenshot", **area}])
    assert done.exit_code == 0, done.log
    picture = done.picture().convert("RGB")
    assert picture.size == (800, 6000 if area else 600)
    assert rows_of(picture, stripe_colour(5)) == list(range(500, 600))


def test_the_best_encoding_is_for_what_is_stored_as_it_is(on_page: OnPage, tmp_path: Path) -> None:
    async def work(opened: Opened) -> dict[str, int]:
        asked = make_spec(
            outputs=[
                {"name": "stored"},
                {"name": "encoded", "format": "WebP"},
                {"name": "small", "resize": {"width": 9}},
            ]
        ).outputs
        taken = await shoot.run(opened.tab, asked, tmp_path, within(30))
        return {picture.output.name: picture.tiles[0].stat().st_size for picture in taken}

    sizes = on_page(BARE + "Some words. " * 500, work)
    assert sizes["encoded"] == sizes["small"] > 1.2 * sizes["stored"]


def test_a_script_without_an_end_leaves_no_picture(on_page: OnPage) -> None:
    async def work(opened: Opened) -> None:
        await opened.page.evaluate("setTimeout(() => { while (true); }, 0)")
        asked = make_spec(outputs=[FULL_PAGE]).outputs
        await shoot.run(opened.tab, asked, Path("/nowhere"), within(2))

    with pytest.raises(CaptureError) as caught:
        on_page(BARE + GAP, work)
    assert caught.value.reason is Reason.DEADLINE_EXCEEDED


def test_scripts_go_on_after_a_refusal(on_page: OnPage) -> None:
    async def work(opened: Opened) -> object:
        with pytest.raises(CaptureError):
            await develop(opened, {"name": "part", "area": "Element", "selector": "#nobody"})
        return await opened.page.evaluate("new Promise(done => setTimeout(() => done('ran'), 10))")

    assert on_page(BARE, work) == "ran"
