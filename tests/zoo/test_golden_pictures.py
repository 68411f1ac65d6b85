"""A golden picture is missed by another font, not by another rounding."""

from PIL import Image, ImageDraw

from zoo.golden_pictures import MOST_DIFFERENT, difference

SIZE = (320, 200)


def picture(*boxes: tuple[int, int, int, int], shade: int = 0) -> Image.Image:
    drawn = Image.new("RGB", SIZE, "white")
    for box in boxes:
        ImageDraw.Draw(drawn).rectangle(box, fill=(shade, shade, shade))
    return drawn


def test_the_same_picture_is_not_different() -> None:
    assert difference(picture((10, 10, 60, 30)), picture((10, 10, 60, 30))) == ""


def test_another_rounding_is_not_different() -> None:
    assert difference(picture((10, 10, 60, 30), shade=20), picture((10, 10, 60, 30), shade=10)) == ""


def test_text_at_another_place_is_different() -> None:
    assert difference(picture((10, 10, 60, 30)), picture((14, 10, 64, 30))) == f"{2 * 4 * 21} pixels differ"
    assert MOST_DIFFERENT < 2 * 4 * 21


def test_another_size_is_different() -> None:
    assert "the stored one" in difference(picture().resize((320, 100)), picture())
