"""Takes the pictures: all of one moment, tall ones in tiles."""

import struct
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import assert_never

from kubeshot_capture.areas import Box, first_tile
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.material import Picture, may_be_final
from kubeshot_capture.stages import elements, scroller
from kubeshot_capture.stages.camera import Camera
from kubeshot_capture.stages.script import NoAnswerError
from kubeshot_capture.storable import check_storable
from kubeshot_capture.tab import Tab
from kubeshot_contract.output import ClipArea, ElementArea, FullPageArea, Output, ViewportArea
from kubeshot_contract.reasons import Reason

# Tiles were exact at each of these; there is no reason for more, and a page that grows for ever needs an end.
MAX_ROWS = 300_000
MAX_COLUMNS = 16_384
MAX_PIXELS = 500_000_000
# A picture up to this is taken in one piece and stored as it is: 7,800 rows of 1,280 pixels. Of a flat page it has half
# the bytes of four joined tiles, and takes 70 MiB more at the peak. Above, memory would grow on.
PIECE_PIXELS = 10_000_000
ANSWER_SECONDS = 10.0
# A usual tile takes a tenth of a second.
SLOW_TILE_SECONDS = 1.0


async def run(tab: Tab, outputs: Sequence[Output], folder: Path, deadline: Deadline) -> list[Picture]:
    """Return what the outputs show, in files of this folder; raise `CaptureError` when one can't be taken whole."""
    if not outputs:
        return []
    session = await tab.session()
    camera = Camera(tab, session, deadline)
    try:
        if any(not isinstance(output.area, ViewportArea) for output in outputs):
            # The page may have had no time for that when it was revealed.
            await scroller.open_up(tab, min(ANSWER_SECONDS, deadline.left()))
        await camera.look()
        boxes = {output.name: await _box(tab, camera, output, deadline) for output in outputs}
        for output in outputs:
            check_size(boxes[output.name], tab.viewport.scale, output)
        return await _take_all(tab, camera, outputs, boxes, folder)
    except NoAnswerError as error:
        raise CaptureError(
            Reason.DEADLINE_EXCEEDED, f"no picture, since the page's scripts leave no time to draw: {error}"
        ) from error


def check_size(box: Box, scale: float, output: Output) -> None:
    """Raise `CaptureError` for what can't be captured or stored, before it is drawn."""
    width, height = round(box.width * scale), round(box.height * scale)
    if height > MAX_ROWS or width > MAX_COLUMNS or width * height > MAX_PIXELS:
        raise CaptureError(
            Reason.PAGE_TOO_LARGE,
            f"the picture {output.name} has {width} x {height} pixels, and {MAX_COLUMNS} x {MAX_ROWS} are possible, "
            f"{MAX_PIXELS} in all: set maxHeight, a clip or a smaller scale",
        )
    check_storable((width, height), output)


async def _take_all(
    tab: Tab, camera: Camera, outputs: Sequence[Output], boxes: dict[str, Box], folder: Path
) -> list[Picture]:
    windows = [output for output in outputs if isinstance(output.area, ViewportArea)]
    parts = [output for output in outputs if output not in windows]
    pictures: dict[str, Picture] = {}
    if windows and parts:
        await scroller.close(tab, ANSWER_SECONDS)
        await camera.look()
    if parts or tab.mobile or tab.viewport.scale != 1:
        await camera.hold_metrics()
    for output in windows:
        pictures[output.name] = await _take(camera, output, camera.window, tab.viewport.scale, folder)
    if windows and parts:
        await scroller.open_up(tab, ANSWER_SECONDS)
        await camera.look()
    async with AsyncExitStack() as still:
        if any(not boxes[output.name].within(camera.window) for output in parts):
            await still.enter_async_context(camera.standstill())
        for output in parts:
            pictures[output.name] = await _take(camera, output, boxes[output.name], tab.viewport.scale, folder)
    return [pictures[output.name] for output in outputs]


async def _take(camera: Camera, output: Output, box: Box, scale: float, folder: Path) -> Picture:
    in_one_piece = may_be_final(output) and box.width * box.height * scale**2 <= PIECE_PIXELS
    part, rest = (box, None) if in_one_piece else first_tile(box, scale)
    # What is stored as it is gets Chromium's best encoding.
    quick = rest is not None or not may_be_final(output)
    files: list[Path] = []
    width = height = 0
    high = False
    async with AsyncExitStack() as background:
        if output.omit_background:
            await background.enter_async_context(camera.transparent())
        while True:
            began = time.monotonic()
            png = await camera.take(part, quick=quick)
            width, rows = _size(png, part, scale, output)
            height += rows
            files.append(folder / f"{output.name}.{len(files)}.shot.png")
            files[-1].write_bytes(png)
            if rest is None:
                break
            high = high or time.monotonic() - began > SLOW_TILE_SECONDS
            part, rest = first_tile(rest, scale, high=high)
    return Picture(output, width, height, tuple(files))


def _size(png: bytes, part: Box, scale: float, output: Output) -> tuple[int, int]:
    """Return width and height of a tile; raise `CaptureError` when it is not what was asked for."""
    if not png:
        raise CaptureError(Reason.BLANK_IMAGE, f"Chromium returned no bytes for the output {output.name}")
    # The head of a PNG: signature, length and name of the first chunk, then width and height.
    width, height = struct.unpack(">II", png[16:24])
    if abs(width - part.width * scale) >= 1 or abs(height - part.height * scale) >= 1:
        raise CaptureError(
            Reason.RENDERER_CRASHED,
            f"Chromium drew {width} x {height} pixels of the output {output.name} where there should be "
            f"{part.width * scale:g} x {part.height * scale:g}",
        )
    return width, height


async def _box(tab: Tab, camera: Camera, output: Output, deadline: Deadline) -> Box:
    """Return what an output shows; raise `CaptureError` when that is nothing."""
    match output.area:
        case ViewportArea():
            return camera.window
        case FullPageArea(max_height):
            return Box(0, 0, camera.page.width, min(camera.page.height, max_height or camera.page.height))
        case ElementArea(selector, padding):
            return await _element(tab, camera.page, output.name, (selector, padding), deadline)
        case ClipArea(x, y, width, height):
            return _clip(tab, camera.page, output.name, Box(x, y, width, height))
    assert_never(output.area)


async def _element(tab: Tab, page: Box, name: str, asked: tuple[str, int], deadline: Deadline) -> Box:
    selector, padding = asked
    count, around = await elements.find(tab, selector, min(ANSWER_SECONDS, deadline.left()))
    box = around and around.padded(padding).cut(page)
    if box is None:
        what = "none of what matches it is visible on the page" if count else "nothing on the page matches it"
        raise CaptureError(Reason.SELECTOR_NOT_FOUND, f"the output {name} is to show {selector}, and {what}")
    return box


def _clip(tab: Tab, page: Box, name: str, asked: Box) -> Box:
    box = asked.cut(page)
    if box is None:
        raise CaptureError(
            Reason.INVALID_REQUEST,
            f"the clip of the output {name} begins at {asked.x:g}, {asked.y:g}, and the page is "
            f"{page.width:g} x {page.height:g} pixels",
        )
    if box != asked:
        tab.note(f"the clip of the output {name} is cut to the page: {box.width:g} x {box.height:g} pixels")
    return box
