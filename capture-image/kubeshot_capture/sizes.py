"""Where a picture goes when it gets another size: arithmetic, in pixels."""

from dataclasses import dataclass
from typing import assert_never

from kubeshot_contract.options import Fit
from kubeshot_contract.output import Resize

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placement:
    """The `part` of a picture (left, top, right, bottom) is scaled to `size`, and lies on a `canvas` at `offset`."""

    part: tuple[float, float, float, float]
    size: Size
    canvas: Size
    offset: Size


def place(picture: Size, resize: Resize) -> Placement:
    """Return how a picture gets its new size."""
    whole = (0.0, 0.0, float(picture[0]), float(picture[1]))
    if resize.width is None or resize.height is None:
        size = _following(picture, resize)
        return Placement(whole, size, size, (0, 0))
    asked = (resize.width, resize.height)
    ratios = (asked[0] / picture[0], asked[1] / picture[1])
    match resize.fit:
        case Fit.FILL:
            return Placement(whole, asked, asked, (0, 0))
        case Fit.COVER:
            return Placement(_covering(picture, asked, max(ratios)), asked, asked, (0, 0))
        case Fit.INSIDE:
            size = _scaled(picture, min(1.0, *ratios))
            return Placement(whole, size, size, (0, 0))
        case Fit.CONTAIN:
            size = _scaled(picture, min(ratios))
            return Placement(whole, size, asked, ((asked[0] - size[0]) // 2, (asked[1] - size[1]) // 2))
    assert_never(resize.fit)


def _following(picture: Size, resize: Resize) -> Size:
    if resize.width is not None:
        return resize.width, _scaled(picture, resize.width / picture[0])[1]
    assert resize.height is not None, "the CRD wants one of them"
    return _scaled(picture, resize.height / picture[1])[0], resize.height


def _scaled(picture: Size, ratio: float) -> Size:
    return max(1, round(picture[0] * ratio)), max(1, round(picture[1] * ratio))


def _covering(picture: Size, asked: Size, ratio: float) -> tuple[float, float, float, float]:
    """Return the part with the proportions of what is asked: in the middle, and from the top, where pages begin."""
    width, height = asked[0] / ratio, asked[1] / ratio
    left = (picture[0] - width) / 2
    return max(0.0, left), 0.0, min(float(picture[0]), left + width), min(float(picture[1]), height)
