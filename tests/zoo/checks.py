"""What can be asked of a capture: small functions, put together by `both`."""

import re
import zlib
from collections.abc import Callable

from PIL import Image

from zoo.case import Check
from zoo.developed import Developed

Colour = tuple[int, int, int]

RED: Colour = (192, 0, 0)
GREEN: Colour = (0, 160, 0)
BLUE: Colour = (0, 0, 192)
PURPLE: Colour = (128, 0, 128)
GREY: Colour = (128, 128, 128)
WHITE: Colour = (255, 255, 255)

# Where the lamp is, for a window at scale 1.
LAMP = (50, 50)


def both(*checks: Check) -> Check:
    """Return a check that makes all of these."""

    def check(shot: Developed) -> None:
        for each in checks:
            each(shot)

    return check


def near(found: object, wanted: Colour, tolerance: int = 6) -> bool:
    """Say whether two colours are the same, but for what lossy formats do."""
    assert isinstance(found, tuple)
    return all(abs(one - other) <= tolerance for one, other in zip(found, wanted, strict=False))


def colour(at: tuple[int, int], wanted: Colour, name: str = "screenshot", tolerance: int = 6) -> Check:
    """Return a check of one pixel."""

    def check(shot: Developed) -> None:
        picture = shot.picture(name)
        assert at[0] < picture.width, f"{name} is {picture.size}"
        assert at[1] < picture.height, f"{name} is {picture.size}"
        found = picture.getpixel(at)
        assert near(found, wanted, tolerance), f"{name} has {found} at {at}, not {wanted}"

    return check


lamp_is_on: Check = colour(LAMP, GREEN)


def size(width: int, height: int, name: str = "screenshot") -> Check:
    """Return a check of an output's size in pixels."""

    def check(shot: Developed) -> None:
        found = shot.raw_picture(name).size
        assert found == (width, height), f"{name} is {found}, not {(width, height)}"

    return check


def height_between(least: int, most: int, name: str = "screenshot") -> Check:
    """Return a check of an output's height."""

    def check(shot: Developed) -> None:
        found = shot.raw_picture(name).height
        assert least <= found <= most, f"{name} is {found} high"

    return check


def tells(text: str, scale: int = 1) -> Check:
    """Return a check of the code that a page draws."""

    def check(shot: Developed) -> None:
        found = shot.code(scale=scale)
        assert found == text, f"{found!r}, not {text!r}"

    return check


def code(is_right: Callable[[str], bool]) -> Check:
    """Return a check of the code that a page draws, by a function."""

    def check(shot: Developed) -> None:
        text = shot.code()
        assert is_right(text), text

    return check


def fails(reason: str, *words: str) -> Check:
    """Return a check that a capture failed for this reason, with a sentence and without an output."""

    def check(shot: Developed) -> None:
        assert shot.reason == reason, f"{shot.reason}: {shot.message}"
        assert len(shot.message) > 10, shot.message
        assert all(word in shot.message for word in words), shot.message
        assert not shot.outputs, str(dict(shot.outputs))

    return check


def succeeds(shot: Developed) -> None:
    """Check that there is a picture."""
    assert shot.reason is None, f"{shot.reason}: {shot.message}"
    assert shot.outputs


def settles(shot: Developed) -> None:
    """Check that there is a picture of a page that was quiet."""
    succeeds(shot)
    assert shot.settled, str(dict(shot.stages))


def is_cut_short(shot: Developed) -> None:
    """Check that there is a picture, and that it says that the page was not quiet yet."""
    succeeds(shot)
    assert not shot.settled, str(dict(shot.stages))


def stage_under(name: str, milliseconds: int) -> Check:
    """Return a check that a stage did not eat the time; the bound is far from what it takes."""

    def check(shot: Developed) -> None:
        assert shot.stages[name][1] < milliseconds, str(dict(shot.stages))

    return check


def starts_with(content: bytes, name: str) -> Check:
    """Return a check of a file's first bytes."""

    def check(shot: Developed) -> None:
        assert shot.content(name).startswith(content), shot.content(name)[:40]

    return check


def holds(*parts: bytes, name: str) -> Check:
    """Return a check that a file has these bytes in it."""

    def check(shot: Developed) -> None:
        missing = [part for part in parts if part not in shot.content(name)]
        assert not missing, f"{name} lacks {missing}"

    return check


def smaller(name: str, than: str) -> Check:
    """Return a check that one file is smaller than another."""

    def check(shot: Developed) -> None:
        found = len(shot.content(name)), len(shot.content(than))
        assert found[0] < found[1], f"{name} has {found[0]} bytes, {than} {found[1]}"

    return check


def pdf_pages(content: bytes) -> list[tuple[int, int]]:
    """Return the size of each page of a PDF in points."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def pdf_fills(content: bytes) -> set[Colour]:
    """Return the colours that a PDF fills areas with."""
    found = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            text = zlib.decompress(stream)
        except zlib.error:  # Not everything in a PDF is packed this way.
            continue
        for parts in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg\b", text):
            red, green, blue = (round(float(part) * 255) for part in parts)
            found.add((red, green, blue))
    return found


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Return how many pixels in a part of a picture are far from white."""
    histogram = picture.crop(box).convert("L").histogram()
    return sum(histogram[:160])
