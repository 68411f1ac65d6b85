"""Writes a JPEG of any height as a stream (ITU-T T.81): strips that Pillow encoded, joined at restart markers."""

import io
from pathlib import Path

from PIL import Image

from kubeshot_capture.strips import Strips

# With 4:2:0 a row of blocks has 16 rows of pixels. A restart marker follows each, and they count from 0 to 7.
_ROWS_OF_A_ROUND = 8 * 16
_RESTART_7 = b"\xff\xd7"
_END_OF_IMAGE = b"\xff\xd9"
_START_OF_FRAME = 0xC0
_START_OF_SCAN = 0xDA


def write(path: Path, strips: Strips, quality: int) -> None:
    """Write the picture as libjpeg would write it whole: same tables, blocks that start anew in each row."""
    with path.open("wb") as file:
        first = True
        for strip in strips.images:
            head, scan = _encoded(strip, quality, strips.size[1])
            file.write(head if first else _RESTART_7)
            file.write(scan)
            first = False
        file.write(_END_OF_IMAGE)


def _encoded(strip: Image.Image, quality: int, height: int) -> tuple[bytes, bytes]:
    """Return everything up to the scan, with the height of the whole picture in it, and the scan without its end."""
    encoded = io.BytesIO()
    strip.save(encoded, "JPEG", quality=quality, subsampling="4:2:0", restart_marker_rows=1)
    content = encoded.getvalue()
    frame, scan = _segments(content)
    # After marker, length and precision.
    head = content[: frame + 5] + height.to_bytes(2, "big") + content[frame + 7 : scan]
    return head, content[scan : -len(_END_OF_IMAGE)]


def _segments(content: bytes) -> tuple[int, int]:
    """Return where the frame's segment starts, and where the scan's bytes do."""
    at, frame = 2, 0
    while True:
        marker, following = content[at + 1], at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            return frame, following
        if marker == _START_OF_FRAME:
            frame = at
        at = following
