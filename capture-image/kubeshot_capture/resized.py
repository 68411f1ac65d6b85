"""Pictures in another size, strip by strip, as Pillow would scale the whole."""

from collections.abc import Iterable, Iterator

from PIL import Image

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.sizes import Placement
from kubeshot_capture.strips import STRIP_ROWS, Strips, regrouped, stacked
from kubeshot_contract.reasons import Reason

# The reach of LANCZOS, in pixels of the smaller picture (Pillow's src/libImaging/Resample.c).
_REACH = 3.0
# What may be unpacked for one strip of the new picture: 120 MB.
_MAX_WINDOW_PIXELS = 30_000_000


def resized(strips: Strips, placement: Placement, mode: str) -> Strips:
    """Return a picture in another size and mode. A border is transparent, and white in RGB.

    Raises `CaptureError` when so many rows would become one that they don't fit into memory.
    """
    # Colours count as much as they are opaque.
    premultiplied = "RGBa" if mode == "RGBA" else mode
    # First one direction, then the other, as Pillow does it.
    narrow = _narrowed((_converted(strip, premultiplied) for strip in strips.images), placement)
    low = _lowered(narrow, strips.size[1], placement)
    framed = _framed((_converted(strip, mode) for strip in low), placement, mode)
    return Strips(placement.canvas, mode, regrouped(framed))


def _converted(strip: Image.Image, mode: str) -> Image.Image:
    # Pillow has no way from RGB to RGBa but by RGBA.
    return (strip.convert("RGBA") if mode == "RGBa" else strip).convert(mode)


def _narrowed(images: Iterable[Image.Image], placement: Placement) -> Iterator[Image.Image]:
    left, _, right, _ = placement.part
    for strip in images:
        size = (placement.size[0], strip.height)
        yield strip.resize(size, Image.Resampling.LANCZOS, box=(left, 0, right, strip.height))


def _lowered(images: Iterable[Image.Image], rows: int, placement: Placement) -> Iterator[Image.Image]:
    """Yield the new picture in pieces, each made from all the rows that have a part in it."""
    width, height = placement.size
    top = placement.part[1]
    ratio = (placement.part[3] - top) / height
    reach = _REACH * max(1.0, ratio) + 1
    step = max(1, int(STRIP_ROWS / max(1.0, ratio)))
    if width * (2 * reach + (step + 1) * ratio) > _MAX_WINDOW_PIXELS:
        message = f"{rows} rows can't be resized to {height} of {width} pixels: ask for a picture less wide"
        raise CaptureError(Reason.PAGE_TOO_LARGE, message)
    window = _Window(images)
    for start in range(0, height, step):
        end = min(start + step, height)
        above, below = top + start * ratio, top + end * ratio
        window.move(max(0, int(above - reach)), min(rows, int(below + reach) + 1))
        box = (0, above - window.top, width, min(below - window.top, window.image.height))
        yield window.image.resize((width, end - start), Image.Resampling.LANCZOS, box=box)


class _Window:
    """Some rows of a picture that is gone through from top to bottom."""

    def __init__(self, images: Iterable[Image.Image]) -> None:
        self._images = iter(images)
        self.top = 0
        self.image = next(self._images)

    def move(self, top: int, bottom: int) -> None:
        """Hold at least the rows from `top` to `bottom`."""
        parts = [self.image.crop((0, top - self.top, self.image.width, self.image.height))]
        have = self.top + self.image.height
        while have < bottom:
            parts.append(next(self._images))
            have += parts[-1].height
        self.top = top
        self.image = stacked(parts, parts[0].mode, (parts[0].width, have - top))


def _framed(images: Iterable[Image.Image], placement: Placement, mode: str) -> Iterator[Image.Image]:
    (width, height), (left, top) = placement.canvas, placement.offset
    yield from _border(width, top, mode)
    for image in images:
        [row] = _border(width, image.height, mode)
        row.paste(image, (left, 0))
        yield row
    yield from _border(width, height - top - placement.size[1], mode)


def _border(width: int, rows: int, mode: str) -> Iterator[Image.Image]:
    ground = (255, 255, 255, 0) if mode == "RGBA" else (255, 255, 255)
    for start in range(0, rows, STRIP_ROWS):
        yield Image.new(mode, (width, min(STRIP_ROWS, rows - start)), ground)
