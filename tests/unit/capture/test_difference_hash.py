"""Alike pictures have alike hashes, others have not."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from kubeshot_capture.stages import encode
from unit.capture.pictures import make_picture


def drawn(seed: int, size: tuple[int, int] = (360, 640)) -> Image.Image:
    """Return a picture with boxes of several greys."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for index in range(12):
        seed = seed * 16807 % 2147483647
        x, y = seed % 97 / 97 * size[0], seed % 89 / 89 * size[1]
        pen.rectangle((x, y, x + size[0] / 3, y + size[1] / 5), fill=(index * 20, index * 20, index * 20))
    return image


def hash_of(folder: Path, image: Image.Image, *heights: int, **output: object) -> str:
    found = encode.run(make_picture(folder, image, *heights, **output), folder).perceptual_hash
    assert found is not None
    assert len(found) == 16
    return found


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_known_picture_has_a_known_hash(tmp_path: Path) -> None:
    across = Image.linear_gradient("L").rotate(90).resize((90, 80)).convert("RGB")
    assert {hash_of(tmp_path, across), hash_of(tmp_path, across.transpose(Image.Transpose.FLIP_LEFT_RIGHT))} == {
        "f" * 16,
        "0" * 16,
    }


@pytest.mark.parametrize("heights", [(100,), (256, 3), (640,)], ids=str)
def test_tiles_make_no_difference(tmp_path: Path, heights: tuple[int, ...]) -> None:
    assert hash_of(tmp_path, drawn(1), *heights) == hash_of(tmp_path, drawn(1))


@pytest.mark.parametrize("output", [{"format": "JPEG", "quality": 40}, {"resize": {"width": 90}}], ids=str)
def test_an_alike_picture_has_an_alike_hash(tmp_path: Path, output: dict[str, object]) -> None:
    assert distance(hash_of(tmp_path, drawn(1)), hash_of(tmp_path, drawn(1), **output)) <= 3


def test_another_picture_has_another_hash(tmp_path: Path) -> None:
    assert distance(hash_of(tmp_path, drawn(1)), hash_of(tmp_path, drawn(2))) > 10


def test_what_is_transparent_counts_as_white(tmp_path: Path) -> None:
    opaque = drawn(3)
    shown = opaque.convert("L").point(lambda grey: 0 if grey == 255 else 255)
    clear = Image.new("RGBA", opaque.size)
    clear.paste(opaque, mask=shown)
    assert hash_of(tmp_path, clear, omitBackground=True) == hash_of(tmp_path, opaque)
