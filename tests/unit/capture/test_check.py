"""When a picture is blank."""

from pathlib import Path

import pytest
from PIL import Image

from kubeshot_capture.stages.check import is_uniform
from unit.capture.pictures import make_picture


def test_a_plain_picture_is_uniform(tmp_path: Path) -> None:
    assert is_uniform(make_picture(tmp_path, Image.new("RGB", (40, 700), "teal"), 300, 300))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("at", [(0, 0), (39, 299), (39, 300), (39, 699)], ids=str)
def test_one_other_pixel_is_a_picture(tmp_path: Path, mode: str, at: tuple[int, int]) -> None:
    image = Image.new(mode, (40, 700))
    image.putpixel(at, (0, 0, 1))
    assert not is_uniform(make_picture(tmp_path, image, 300, 300, omitBackground=mode == "RGBA"))


def test_two_plain_tiles_are_a_picture(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 700), "white")
    image.paste("teal", (0, 256, 40, 700))
    assert not is_uniform(make_picture(tmp_path, image, 256))


def test_what_comes_after_the_first_difference_is_not_decoded(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 700), "white")
    image.putpixel((3, 3), (0, 0, 0))
    picture = make_picture(tmp_path, image, 300, 300)
    picture.tiles[1].write_bytes(b"no picture at all")
    assert not is_uniform(picture)


def test_a_damaged_tile_is_not_passed_on(tmp_path: Path) -> None:
    picture = make_picture(tmp_path, Image.new("RGB", (40, 700)), 300)
    picture.tiles[1].write_bytes(picture.tiles[1].read_bytes()[:70])
    with pytest.raises(OSError, match="truncated"):
        is_uniform(picture)
