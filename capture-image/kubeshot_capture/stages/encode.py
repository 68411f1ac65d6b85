"""Makes the files that are stored, and what is said of them."""

import hashlib
from pathlib import Path

from PIL import Image

from kubeshot_capture.material import Document, EncodedFile, Picture, Shot
from kubeshot_contract.options import Format

DEFAULT_QUALITY = 85
CHUNK_BYTES = 1 << 20


def run(shot: Shot, folder: Path) -> EncodedFile:
    """Return the file to store, made in this folder. Blocks."""
    match shot:
        case Document(output, path):
            return EncodedFile(output, path, path.stat().st_size, digest(path))
        case Picture(output, width, height, tiles):
            path = folder / f"{output.name}.{output.format.extension}"
            if output.format is Format.PNG:
                path = tiles[0]
            else:
                with Image.open(tiles[0]) as image:
                    image.convert("RGB").save(path, output.format.value, quality=output.quality or DEFAULT_QUALITY)
            return EncodedFile(output, path, path.stat().st_size, digest(path), width, height)


def digest(path: Path) -> str:
    """Return the sha256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
