"""Makes the files that are stored, and what is said of them."""

import hashlib
from pathlib import Path
from typing import assert_never

from kubeshot_capture import joined_jpeg, joined_png, strips
from kubeshot_capture.difference_hash import DifferenceHash
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.material import Document, EncodedFile, Picture, Shot
from kubeshot_capture.resized import resized
from kubeshot_capture.sizes import place
from kubeshot_capture.storable import check_storable
from kubeshot_capture.strips import Strips
from kubeshot_contract.options import Format
from kubeshot_contract.output import Output
from kubeshot_contract.reasons import Reason

DEFAULT_QUALITY = {Format.JPEG: 85, Format.WEBP: 85, Format.AVIF: 60}
# Pillow's usual 6 takes half as long again for 3 % less; from 8 on files are three times as large.
AVIF_SPEED = 7


def run(shot: Shot, folder: Path) -> EncodedFile:
    """Return the file to store, made in this folder; raise `CaptureError` for what its format can't hold. Blocks."""
    match shot:
        case Document(output, path):
            file = EncodedFile(output, path, path.stat().st_size, digest(path))
        case Picture():
            file = _encoded(shot, folder)
    if not file.bytes:
        raise CaptureError(Reason.BLANK_IMAGE, f"the file of the output {file.output.name} is empty")
    return file


def digest(path: Path) -> str:
    """Return the sha256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _encoded(picture: Picture, folder: Path) -> EncodedFile:
    output = picture.output
    check_storable((picture.width, picture.height), output)
    fingerprint = DifferenceHash()
    found = fingerprint.watch(_in_its_size(picture))
    if picture.is_final:
        path = picture.tiles[0]
        for _ in found.images:
            pass
    else:
        path = folder / f"{output.name}.{output.format.extension}"
        _write(path, found, output)
    width, height = found.size
    return EncodedFile(output, path, path.stat().st_size, digest(path), width, height, fingerprint.hexdigest())


def _in_its_size(picture: Picture) -> Strips:
    found, resize = strips.read(picture), picture.output.resize
    if resize is None:
        return found
    placement = place(found.size, resize)
    bordered = placement.canvas != placement.size
    clear = found.mode == "RGBA" or (bordered and picture.output.format is not Format.JPEG)
    return resized(found, placement, "RGBA" if clear else "RGB")


def _write(path: Path, found: Strips, output: Output) -> None:
    quality = output.quality or DEFAULT_QUALITY.get(output.format, 100)
    match output.format:
        case Format.PNG:
            joined_png.write(path, found)
        case Format.JPEG:
            joined_jpeg.write(path, found, quality)
        case Format.WEBP:
            strips.whole(found).save(path, "WEBP", quality=quality)
        case Format.AVIF:
            strips.whole(found).save(path, "AVIF", quality=quality, speed=AVIF_SPEED)
        case Format.PDF | Format.HTML | Format.MHTML:
            raise AssertionError(f"{output.format} is a document")
        case _:
            assert_never(output.format)
