"""Pictures made by hand, so that the zoo needs no library."""

import struct
import zlib

Colour = tuple[int, int, int]

_TRUE_COLOUR = 2
_PALETTE = 3


def one_colour(width: int, height: int, colour: Colour) -> bytes:
    """Return a PNG of one colour."""
    row = b"\0" + bytes(colour) * width
    return _png((width, height, 8, _TRUE_COLOUR), b"", [row] * height)


def huge(side: int) -> bytes:
    """Return a square PNG, red with its lower half green: some kilobytes that unpack to 4 x side x side."""
    palette = _chunk(b"PLTE", bytes((0xC0, 0, 0, 0, 0xA0, 0)))
    red, green = b"\0" + bytes(side // 8), b"\0" + b"\xff" * (side // 8)
    return _png((side, side, 1, _PALETTE), palette, [red] * (side // 2) + [green] * (side - side // 2))


def _png(head: tuple[int, int, int, int], between: bytes, rows: list[bytes]) -> bytes:
    packer = zlib.compressobj(6)
    packed = b"".join(packer.compress(row) for row in rows) + packer.flush()
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", *head, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + between + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
