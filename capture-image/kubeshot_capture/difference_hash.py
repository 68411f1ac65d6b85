"""The difference hash of a picture: 64 bits that alike pictures mostly share."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from PIL import Image

from kubeshot_capture.strips import Strips, opaque

# A bit for each pair of neighbours.
_COLUMNS, _ROWS = 9, 8


class DifferenceHash:
    """Sees a picture as it goes by."""

    def __init__(self) -> None:
        self._rows = bytearray()

    def watch(self, strips: Strips) -> Strips:
        """Return the same strips, which are seen when somebody goes through them."""
        return replace(strips, images=self._seen(strips))

    def hexdigest(self) -> str:
        """Return the hash of what was seen: whether each field of a grey thumbnail is darker than the one after it."""
        rows = Image.frombytes("L", (_COLUMNS, len(self._rows) // _COLUMNS), bytes(self._rows))
        grey = rows.resize((_COLUMNS, _ROWS), Image.Resampling.BOX).tobytes()
        fields = [grey[start : start + _COLUMNS] for start in range(0, len(grey), _COLUMNS)]
        bits = "".join("1" if left < right else "0" for row in fields for left, right in pairwise(row))
        return f"{int(bits, 2):016x}"

    def _seen(self, strips: Strips) -> Iterator[Image.Image]:
        for strip in strips.images:
            # Averages of a row are the same wherever the picture is cut into strips.
            self._rows += opaque(strip).convert("L").resize((_COLUMNS, strip.height), Image.Resampling.BOX).tobytes()
            yield strip
