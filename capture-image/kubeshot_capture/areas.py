"""Which part of the page an output shows: arithmetic, in CSS pixels from the page's upper left corner."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

# A tile of 1,280 pixels' width has 2.6 million of them. Higher ones take more memory and, on most pages, no less time.
TILE_ROWS = 2048
TILE_PIXELS = 4_000_000
# For pages whose layout takes seconds, as it does for each tile: 36,000 elements took 2 s for one of any height.
HIGH_TILES = 4
# Scales have at most so many parts: those of devices are eighths.
_SCALE_PARTS = 64


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The first column that is not in it."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The first row that is not in it."""
        return self.y + self.height

    def within(self, other: "Box") -> bool:
        """Say whether the other box holds all of this one."""
        inside_columns = other.x <= self.x and self.right <= other.right
        return inside_columns and other.y <= self.y and self.bottom <= other.bottom

    def cut(self, other: "Box") -> "Box | None":
        """Return what lies in both; `None` when nothing does."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width, height = min(self.right, other.right) - x, min(self.bottom, other.bottom) - y
        return Box(x, y, width, height) if width > 0 and height > 0 else None

    def padded(self, pixels: int) -> "Box":
        """Return the box with so many pixels around it, on whole pixels."""
        x, y = math.floor(self.x - pixels), math.floor(self.y - pixels)
        return Box(x, y, math.ceil(self.right + pixels) - x, math.ceil(self.bottom + pixels) - y)


def first_tile(box: Box, scale: float, *, high: bool = False) -> tuple[Box, Box | None]:
    """Return the upper part of a box, and what is left of it, which begins on a whole device pixel like the box."""
    # At a scale of 2.625 a whole CSS pixel is one of the screen's every eighth time only.
    step = Fraction(scale).limit_denominator(_SCALE_PARTS).denominator
    rows = min(TILE_ROWS, TILE_PIXELS / (box.width * scale)) * (HIGH_TILES if high else 1) / scale
    height = max(1, int(rows / step)) * step
    if height >= box.height:
        return box, None
    return replace(box, height=height), replace(box, y=box.y + height, height=box.height - height)
