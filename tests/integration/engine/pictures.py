"""Takes a page through the stages from reveal to shoot, and returns its pictures."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from integration.engine.opened import OnPage, Opened, within
from kubeshot_capture.material import Picture
from kubeshot_capture.stages import freeze, reveal, settle, shoot
from unit.contract.make import make_spec

Colour = tuple[int, int, int]
Images = dict[str, Image.Image]

FULL_PAGE = {"name": "full", "area": "FullPage"}
WINDOW_PICTURE = {"name": "window"}
BARE = "<!doctype html><style>body { margin: 0 }</style>"


async def develop(opened: Opened, *outputs: Mapping[str, Any], settled: bool = False) -> Images:
    """Return the pictures of these outputs, in the CRD's spelling; after settling when the page needs that."""
    asked = make_spec(outputs=[dict(output) for output in outputs]).outputs
    tab = opened.tab
    await reveal.run(tab, asked, within(15))
    if settled:
        await settle.run(tab, True, within(8))
    await freeze.run(tab, within(5))
    with tempfile.TemporaryDirectory() as folder:
        return {shot.output.name: joined(shot) for shot in await shoot.run(tab, asked, Path(folder), within(60))}


def pictures(
    on_page: OnPage,
    page: str | Mapping[str, str],
    *outputs: Mapping[str, Any],
    first: Callable[[Opened], Awaitable[object]] | None = None,
    settled: bool = False,
) -> Images:
    """Open a page, do something `first`, and return the pictures of these outputs."""

    async def work(opened: Opened) -> Images:
        if first:
            await first(opened)
        return await develop(opened, *outputs, settled=settled)

    return on_page(page, work)


def joined(picture: Picture) -> Image.Image:
    """Return a picture in one piece."""
    whole = Image.new("RGBA", (picture.width, picture.height))
    top = 0
    for path in picture.tiles:
        with Image.open(path) as tile:
            assert tile.width == picture.width
            whole.paste(tile.convert("RGBA"), (0, top))
            top += tile.height
    assert top == picture.height
    return whole


def colour_at(image: Image.Image, x: int, y: int) -> Colour:
    """Return a pixel without its opacity."""
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def rows_of(image: Image.Image, colour: Colour, column: int = 5) -> list[int]:
    """Return the rows in which a column has this colour."""
    return [row for row in range(image.height) if colour_at(image, column, row) == colour]


def stripe_colour(number: int) -> Colour:
    """Return the colour of a stripe, another one for each of 4,096."""
    return number % 16 * 16 + 5, number // 16 % 16 * 16 + 5, number // 256 % 16 * 16 + 5


def stripes(count: int, height: int = 100) -> str:
    """Return blocks of full width, one below the other."""
    return "".join(f"<div style='height:{height}px;background:rgb{stripe_colour(n)}'></div>" for n in range(count))
