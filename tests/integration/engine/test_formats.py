"""Pictures in every format, size and quality that a request may ask for, all from one page load."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from integration.engine.locally import Captured, capture

# A gradient for what loses, a box for where it is; the rest of the page is not painted at all.
PAGE = (
    "<!doctype html><style>body{margin:0}</style>"
    "<div style='width:400px;height:400px;background:linear-gradient(45deg,#f00,#00f 30%,#0f0)'></div>"
)
WINDOW = {"width": 800, "height": 400}
NAMES = {"PNG": "png", "JPEG": "jpg", "WebP": "webp", "AVIF": "avif"}


def box_of(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of what is neither white nor transparent, give or take what a lossy format leaves around it."""
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    return Image.eval(picture.convert("RGB"), lambda value: 255 - value).convert("L").point(_visible).getbbox()


def _visible(value: float) -> float:
    return 255.0 if value > 40 else 0.0


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    """Capture the page in every format, and twice in other qualities."""
    outputs: list[dict[str, Any]] = [{"name": name, "format": name_of} for name_of, name in NAMES.items()]
    lossy = ("JPEG", "WebP", "AVIF")
    outputs += [{"name": f"{NAMES[name]}-low", "format": name, "quality": 10} for name in lossy]
    outputs += [{"name": f"{NAMES[name]}-high", "format": name, "quality": 98} for name in lossy]
    captured = capture(tmp_path_factory.mktemp("formats"), html=PAGE, viewport=WINDOW, outputs=outputs)
    assert captured.reason is None, captured.log
    return captured


@pytest.mark.parametrize("name", NAMES)
def test_each_format_shows_the_page(formats: Captured, name: str) -> None:
    picture = formats.picture(f"{NAMES[name]}.{NAMES[name]}")
    assert picture.format == name.upper()
    assert picture.size == (800, 400)
    box = box_of(picture)
    assert box is not None
    assert all(abs(found - asked) <= 2 for found, asked in zip(box, (0, 0, 400, 400), strict=True))


@pytest.mark.parametrize("name", ["jpg", "webp", "avif"])
def test_quality_is_heard(formats: Captured, name: str) -> None:
    sizes = {output.name: output.bytes for output in formats.result.outputs}
    assert sizes[f"{name}-low"] < sizes[name] < sizes[f"{name}-high"]


def test_all_formats_have_alike_hashes(formats: Captured) -> None:
    hashes = {output.perceptual_hash for output in formats.result.outputs if "-" not in output.name}
    assert None not in hashes
    [first, *others] = [int(found or "", 16) for found in hashes]
    assert all((first ^ other).bit_count() <= 12 for other in others)


class Sized(NamedTuple):
    """A resize, the size of its picture, and where the painted half of the page is in it."""

    resize: dict[str, Any]
    size: tuple[int, int]
    box: tuple[int, int, int, int]


SIZES = {
    "a-width": Sized({"width": 200}, (200, 100), (0, 0, 100, 100)),
    "a-height": Sized({"height": 200}, (400, 200), (0, 0, 200, 200)),
    "larger": Sized({"width": 1600}, (1600, 800), (0, 0, 800, 800)),
    "cover": Sized({"width": 100, "height": 100, "fit": "Cover"}, (100, 100), (0, 0, 50, 100)),
    "contain": Sized({"width": 100, "height": 100, "fit": "Contain"}, (100, 100), (0, 25, 50, 75)),
    "fill": Sized({"width": 60, "height": 100, "fit": "Fill"}, (60, 100), (0, 0, 30, 100)),
    "inside": Sized({"width": 100, "height": 100, "fit": "Inside"}, (100, 50), (0, 0, 50, 50)),
    "never-larger": Sized({"width": 8000, "height": 8000, "fit": "Inside"}, (800, 400), (0, 0, 400, 400)),
}


@pytest.fixture(scope="module")
def sizes(tmp_path_factory: pytest.TempPathFactory) -> Captured:
    """Capture the page in all sizes."""
    outputs = [{"name": name, "resize": asked.resize} for name, asked in SIZES.items()]
    captured = capture(tmp_path_factory.mktemp("sizes"), html=PAGE, viewport=WINDOW, outputs=outputs)
    assert captured.reason is None, captured.log
    return captured


@pytest.mark.parametrize("name", SIZES)
def test_resize_is_heard(sizes: Captured, name: str) -> None:
    picture = sizes.picture(f"{name}.png")
    [output] = [output for output in sizes.result.outputs if output.name == name]
    assert picture.size == SIZES[name].size == (output.width, output.height)
    box = box_of(picture)
    assert box is not None
    assert all(abs(found - asked) <= 2 for found, asked in zip(box, SIZES[name].box, strict=True)), box


def test_a_background_that_is_not_painted_can_stay_out(tmp_path: Path) -> None:
    outputs = [
        {"name": name, "format": name_of, "omitBackground": True} for name_of, name in NAMES.items() if name != "jpg"
    ]
    captured = capture(tmp_path, html=PAGE, viewport=WINDOW, outputs=[*outputs, {"name": "opaque"}])
    assert captured.reason is None, captured.log
    for name in ("png", "webp", "avif"):
        alpha = captured.picture(f"{name}.{name}").getchannel("A")
        assert (alpha.getpixel((200, 200)), alpha.getpixel((600, 200))) == (255, 0)
    assert captured.picture("opaque.png").convert("RGBA").getpixel((600, 200)) == (255, 255, 255, 255)
