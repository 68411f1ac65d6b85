"""Which pictures a format can hold, and which of them can be encoded in the memory that a pod has."""

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.sizes import Size, place
from kubeshot_contract.options import Format
from kubeshot_contract.output import Output
from kubeshot_contract.reasons import Reason

# libjpeg stops here (JPEG_MAX_DIMENSION), libwebp there (WEBP_MAX_DIMENSION).
_MAX_SIDES = {Format.JPEG: 65_500, Format.WEBP: 16_383, Format.AVIF: 65_536}
# What has no stream. Pillow takes 12 bytes a pixel for WebP and 35 for AVIF, some 350 MB for each of these.
_MAX_PIXELS = {Format.WEBP: 30_000_000, Format.AVIF: 10_000_000}


def stored_size(picture: Size, output: Output) -> Size:
    """Return the size in which a picture of this size is stored."""
    return picture if output.resize is None else place(picture, output.resize).canvas


def check_storable(picture: Size, output: Output) -> None:
    """Raise `CaptureError` when a picture of this size can't be stored as the output asks."""
    width, height = stored_size(picture, output)
    side = _MAX_SIDES.get(output.format)
    if side is not None and max(width, height) > side:
        raise _too_large(output, f"is {width} x {height} pixels, and {output.format} can have {side} on a side")
    pixels = _MAX_PIXELS.get(output.format)
    if pixels is not None and width * height > pixels:
        raise _too_large(output, f"has {width} x {height} pixels, and {output.format} is made of {pixels} at most")


def _too_large(output: Output, complaint: str) -> CaptureError:
    message = f"the picture {output.name} {complaint}: ask for PNG, a resize, or less of the page"
    return CaptureError(Reason.PAGE_TOO_LARGE, message)
