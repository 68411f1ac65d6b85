"""Pictures as PNG, made with the standard library: one half is a mark, the other a texture."""

import struct
import zlib

from bench.site.page import Colour

WIDTH, HEIGHT = 360, 240
_TRUE_COLOUR = 2


def picture(colour: Colour, seed: int) -> bytes:
    """Return a picture that has this colour in its left half."""
    marked = bytes(colour) * (WIDTH // 2)
    rows = b"".join(b"\0" + marked + _texture(seed, row) for row in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, _TRUE_COLOUR, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _texture(seed: int, row: int) -> bytes:
    """Return half a row that is neither flat nor noise, as in a photograph."""
    return bytes(
        value
        for column in range(WIDTH // 2)
        for value in ((row >> 3) + seed & 127, (column ^ row >> 2) & 127, (column * seed >> 4) & 127)
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
