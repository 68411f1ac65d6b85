"""Boxes, and the tiles of tall ones."""

import pytest

from kubeshot_capture.areas import HIGH_TILES, TILE_PIXELS, TILE_ROWS, Box, first_tile

PAGE = Box(0, 0, 400, 1000)


@pytest.mark.parametrize(
    ("box", "cut"),
    [
        pytest.param(Box(10, 20, 30, 40), Box(10, 20, 30, 40), id="inside"),
        pytest.param(Box(-10, 990, 30, 40), Box(0, 990, 20, 10), id="over two edges"),
        pytest.param(Box(400, 0, 10, 10), None, id="beside it"),
        pytest.param(Box(0, 1000, 10, 10), None, id="below it"),
    ],
)
def test_what_lies_on_the_page(box: Box, cut: Box | None) -> None:
    assert box.cut(PAGE) == cut
    assert box.within(PAGE) is (cut == box)


def test_a_padded_box_has_whole_pixels_and_holds_all_of_the_first() -> None:
    assert Box(10.4, 20.6, 30, 40).padded(5) == Box(5, 15, 41, 51)
    assert Box(10, 20, 30, 40).padded(0) == Box(10, 20, 30, 40)


def tiles(box: Box, scale: float, *, high: bool) -> list[Box]:
    found = []
    rest: Box | None = box
    while rest:
        tile, rest = first_tile(rest, scale, high=high)
        found.append(tile)
    return found


@pytest.mark.parametrize("high", [False, True])
@pytest.mark.parametrize("scale", [1, 1.25, 1.5, 2, 2.625, 2.75, 3, 4])
@pytest.mark.parametrize("height", [1, 800, 2048, 2049, 100_000])
@pytest.mark.parametrize("width", [320, 1280, 16_000])
def test_tiles_are_the_box_again_and_begin_on_whole_device_pixels(
    scale: float, height: int, width: int, high: bool
) -> None:
    found = tiles(Box(7, 11, width, height), scale, high=high)
    times = HIGH_TILES if high else 1
    assert [tile.y for tile in found] == [11, *[tile.bottom for tile in found[:-1]]]
    assert found[-1].bottom == 11 + height
    assert {(tile.x, tile.width) for tile in found} == {(7, width)}
    assert all((tile.y - 11) * scale % 1 == 0 for tile in found)
    assert all(tile.height * scale <= TILE_ROWS * times for tile in found)
    assert all(tile.height * scale * width * scale <= TILE_PIXELS * times for tile in found if tile.height > 8)


def test_what_fits_into_one_tile_is_one() -> None:
    assert first_tile(Box(0, 0, 1280, 800), 1) == (Box(0, 0, 1280, 800), None)
