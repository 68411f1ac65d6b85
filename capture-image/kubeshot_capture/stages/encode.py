"""Makes the bytes that are stored, and what is said of them."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image

from kubeshot_contract.job import ImageFormat


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """A finished image: its bytes, their sha256 in hex, and its size in device pixels as the bytes say it."""

    content: bytes
    sha256: str
    width: int
    height: int


class WrongFormatError(Exception):
    """The picture is not in the format that was asked for."""


def run(picture: bytes, image_format: ImageFormat) -> EncodedImage:
    """Return the image to store. PNG and JPEG stay as Chromium encoded them. Blocks."""
    with Image.open(io.BytesIO(picture)) as image:
        if image.format != image_format.value:
            raise WrongFormatError(f"the picture is {image.format}, not {image_format}")
        width, height = image.size
    return EncodedImage(picture, hashlib.sha256(picture).hexdigest(), width, height)
