"""Pictures in strips of full width, one below the other, so that no tall one is ever in memory as a whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image

from kubeshot_capture.material import Picture
from kubeshot_capture.sizes import Size

# 1.3 MB of a usual page. A multiple of what `joined_jpeg` needs.
STRIP_ROWS = 256

# Pillow warns of pictures that unpack to more than it was told to expect. The browser's tiles are of a known size.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class Strips:
    """A picture of this size, to be gone through once; its images have `STRIP_ROWS` rows, the last one what is left.

    `mode` is RGB, or RGBA for one with transparency.
    """

    size: Size
    mode: str
    images: Iterable[Image.Image]


def prepare_decoders() -> None:
    """Load what reads pictures: 20 ms that the first one would wait for."""
    Image.preinit()


def read(picture: Picture) -> Strips:
    """Return a picture's strips; each tile is decoded when it is its turn, and `OSError` says that it is damaged."""
    mode = "RGBA" if picture.output.omit_background else "RGB"
    return Strips((picture.width, picture.height), mode, regrouped(_tiles(picture, mode)))


def whole(strips: Strips) -> Image.Image:
    """Return a picture in one piece."""
    return stacked(strips.images, strips.mode, strips.size)


def opaque(strip: Image.Image) -> Image.Image:
    """Return a strip as it looks on white."""
    if strip.mode == "RGB":
        return strip
    ground = Image.new("RGB", strip.size, "white")
    ground.paste(strip, mask=strip.getchannel("A"))
    return ground


def regrouped(images: Iterable[Image.Image]) -> Iterator[Image.Image]:
    """Yield the same picture in images of `STRIP_ROWS` rows; the last one has what is left."""
    held: list[Image.Image] = []
    missing = STRIP_ROWS
    for image in images:
        top = 0
        while top < image.height:
            bottom = min(top + missing, image.height)
            held.append(image.crop((0, top, image.width, bottom)))
            missing -= bottom - top
            top = bottom
            if not missing:
                yield _joined(held)
                held, missing = [], STRIP_ROWS
    if held:
        yield _joined(held)


def stacked(images: Iterable[Image.Image], mode: str, size: Size) -> Image.Image:
    """Return images one below the other in a new one."""
    stack = Image.new(mode, size)
    top = 0
    for image in images:
        stack.paste(image, (0, top))
        top += image.height
    return stack


def _joined(parts: list[Image.Image]) -> Image.Image:
    return stacked(parts, parts[0].mode, (parts[0].width, sum(part.height for part in parts)))


def _tiles(picture: Picture, mode: str) -> Iterator[Image.Image]:
    for path in picture.tiles:
        with Image.open(path) as tile:
            yield tile.convert(mode)
