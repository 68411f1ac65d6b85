"""The contact sheet: for each page its window, all of it, and its end."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from PIL import Image, ImageDraw

from realpages.captures import Looked

COLUMNS, ROWS = 3, 8
_WINDOW = (256, 160)
_STRIP = (56, 160)
_GAP, _LINE = 6, 16
_CELL = (2 * _WINDOW[0] + _STRIP[0] + 4 * _GAP, _WINDOW[1] + _LINE + 2 * _GAP)


def write_sheets(pages: Sequence[Looked], folder: Path) -> list[Path]:
    """Write the sheets into a folder and return their paths."""
    per_sheet = COLUMNS * ROWS
    written = []
    for number, start in zip(count(1), range(0, len(pages), per_sheet), strict=False):
        path = folder / f"sheet-{number:02}.png"
        _sheet(pages[start : start + per_sheet]).save(path)
        written.append(path)
    return written


def _sheet(pages: Sequence[Looked]) -> Image.Image:
    sheet = Image.new("RGB", (COLUMNS * _CELL[0], ROWS * _CELL[1]), "#777")
    draw = ImageDraw.Draw(sheet)
    for index, page in enumerate(pages):
        left, top = index % COLUMNS * _CELL[0] + _GAP, index // COLUMNS * _CELL[1] + _GAP
        mark = " (not settled)" if page.late else ""
        draw.text((left, top), f"{page.package}: {page.name}{mark}"[-95:], fill="#fff")
        if page.complaint:
            draw.text((left, top + _LINE), page.complaint[:90], fill="#f00")
            continue
        for thumbnail, x in zip(_thumbnails(page.folder), _PLACES, strict=True):
            sheet.paste(thumbnail, (left + x, top + _LINE))
    return sheet


_PLACES = (0, _WINDOW[0] + _GAP, _WINDOW[0] + _STRIP[0] + 2 * _GAP)


def _thumbnails(folder: Path) -> tuple[Image.Image, Image.Image, Image.Image]:
    with Image.open(folder / "window.png") as window, Image.open(folder / "page.png") as page:
        whole = page.convert("RGB")
        end = whole.crop((0, max(0, whole.height - window.height), window.width, whole.height))
        return _fitted(window.convert("RGB"), _WINDOW), _fitted(whole, _STRIP), _fitted(end, _WINDOW)


def _fitted(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    # Not in proportion: a page of 50,000 rows would be a hair.
    return picture.resize(box, Image.Resampling.BOX)
