"""Pictures in another size: where they go, and that strips make no difference."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from kubeshot_capture.resized import resized
from kubeshot_capture.sizes import Placement, Size, place
from kubeshot_capture.stages import encode
from kubeshot_capture.strips import read, whole
from kubeshot_contract.options import Fit
from kubeshot_contract.output import Resize
from unit.capture.pictures import make_picture, painted

PREMULTIPLIED = {"RGB": "RGB", "RGBA": "RGBa"}
WHOLE = (0.0, 0.0, 400.0, 200.0)


def simple(size: Size) -> Placement:
    return Placement(WHOLE, size, size, (0, 0))


@pytest.mark.parametrize(
    ("resize", "placement"),
    [
        pytest.param(Resize(100, None, Fit.COVER), simple((100, 50)), id="a width"),
        pytest.param(Resize(None, 400, Fit.COVER), simple((800, 400)), id="a height, larger"),
        pytest.param(Resize(100, 100, Fit.FILL), simple((100, 100)), id="distorted"),
        pytest.param(
            Resize(100, 100, Fit.COVER),
            Placement((100.0, 0.0, 300.0, 200.0), (100, 100), (100, 100), (0, 0)),
            id="cut at both sides",
        ),
        pytest.param(
            Resize(400, 100, Fit.COVER),
            Placement((0.0, 0.0, 400.0, 100.0), (400, 100), (400, 100), (0, 0)),
            id="cut below, since pages begin at the top",
        ),
        pytest.param(
            Resize(100, 100, Fit.CONTAIN),
            Placement(WHOLE, (100, 50), (100, 100), (0, 25)),
            id="a border above and below",
        ),
        pytest.param(
            Resize(900, 400, Fit.CONTAIN), Placement(WHOLE, (800, 400), (900, 400), (50, 0)), id="a border at the sides"
        ),
        pytest.param(Resize(100, 100, Fit.INSIDE), simple((100, 50)), id="inside"),
        pytest.param(Resize(900, 900, Fit.INSIDE), simple((400, 200)), id="never enlarged to be inside"),
        pytest.param(Resize(1, 1, Fit.INSIDE), simple((1, 1)), id="never less than a pixel"),
    ],
)
def test_where_a_picture_goes(resize: Resize, placement: Placement) -> None:
    assert place((400, 200), resize) == placement


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize(
    "resize",
    [
        Resize(33, None, Fit.COVER),
        Resize(150, None, Fit.COVER),
        Resize(50, 40, Fit.COVER),
        Resize(30, 1900, Fit.COVER),
        Resize(7, 3, Fit.FILL),
        Resize(100, 1500, Fit.FILL),
    ],
    ids=str,
)
def test_strips_make_no_difference(tmp_path: Path, mode: str, resize: Resize) -> None:
    image = painted(100, 1500, mode)
    placement = place(image.size, resize)
    strips = read(make_picture(tmp_path, image, 400, 700, omitBackground=mode == "RGBA"))
    found = whole(resized(strips, placement, mode))
    # Widths first: Pillow decides on the order by size, and in between colours are cut to what a byte holds.
    left, top, right, bottom = placement.part
    lanczos, (width, _) = Image.Resampling.LANCZOS, placement.size
    narrow = image.convert(PREMULTIPLIED[mode]).resize((width, 1500), lanczos, box=(left, 0, right, 1500))
    expected = narrow.resize(placement.size, lanczos, box=(0, top, width, bottom))
    assert found.size == expected.size
    as_stored = expected.convert(mode).convert(PREMULTIPLIED[mode])
    difference = ImageChops.difference(found.convert(PREMULTIPLIED[mode]), as_stored)
    # A byte of colour has few digits where it is nearly transparent.
    assert max(difference.tobytes()) <= (1 if mode == "RGB" else 2)


@pytest.mark.parametrize(
    ("options", "corner"),
    [
        ({"format": "PNG"}, (255, 255, 255, 0)),
        ({"format": "WebP"}, (255, 255, 255, 0)),
        ({"format": "JPEG"}, (255, 255, 255)),
    ],
    ids=str,
)
def test_a_border_is_transparent_where_it_can_be(
    tmp_path: Path, options: dict[str, Any], corner: tuple[int, ...]
) -> None:
    resize = {"width": 100, "height": 700, "fit": "Contain"}
    picture = make_picture(tmp_path, Image.new("RGB", (50, 50), "teal"), **options, resize=resize)
    file = encode.run(picture, tmp_path)
    assert (file.width, file.height) == (100, 700)
    with Image.open(file.path) as image:
        border, middle = image.getpixel((5, 5)), image.getpixel((50, 350))
    assert isinstance(border, tuple)
    assert isinstance(middle, tuple)
    assert border[3:] == corner[3:]
    assert corner[3:] == (0,) or border == corner
    assert all(abs(found - asked) < 6 for found, asked in zip(middle[:3], (0, 128, 128), strict=True))
