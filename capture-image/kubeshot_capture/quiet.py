"""When is a page settled? A decision over samples of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# All conditions hold through one whole window. A cached page looks idle at once, so the window is always observed.
WINDOW_SECONDS = 0.5
# A font that has not come by then is replaced by the browser too.
FONT_SECONDS = 3.0
# A script that still moves things by then is an animation without an end.
LAYOUT_SECONDS = 3.0
# On a busy machine a page of images takes its time. As long as one came in this time, the others are worth waiting for.
IMAGE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Sample:
    """The page at one moment; `at` is in seconds since settling began."""

    at: float
    requests_begun: int
    requests_in_flight: int
    fonts_loading: bool
    images_pending: int
    animations_running: int
    height: int
    layouts: int
    """How often the page was laid out so far."""
    answered: bool = True
    """Whether the page itself answered; without that the last five mean nothing."""


def is_settled(samples: Sequence[Sample]) -> bool:
    """Say whether the page was quiet and unchanged through the window that ends with the last sample."""
    return missing(samples) <= 0.0


def missing(samples: Sequence[Sample]) -> float:
    """Return for how many seconds more the page must stay as it was at the last sample."""
    last = samples[-1]
    since = math.inf
    for sample in reversed(samples):
        if unrest(sample) or _differs(sample, last):
            break
        since = sample.at
    # A thousandth for clocks whose sums don't come out even.
    return WINDOW_SECONDS - 0.001 - max(0.0, last.at - since)


def images_are_coming(samples: Sequence[Sample]) -> bool:
    """Say whether fewer images are missing than a moment before the last sample."""
    since = samples[-1].at - IMAGE_SECONDS
    missing_images = [sample.images_pending for sample in samples if sample.answered and sample.at >= since]
    return bool(missing_images) and max(missing_images) > missing_images[-1]


def unrest(sample: Sample) -> tuple[str, ...]:
    """Return what was still going on at this moment, in words; nothing when the page was quiet."""
    if not sample.answered:
        return ("the page did not answer",)
    found = (
        (sample.requests_in_flight, f"requests in flight: {sample.requests_in_flight}"),
        (sample.fonts_loading and sample.at < FONT_SECONDS, "fonts are loading"),
        (sample.images_pending, f"images not decoded: {sample.images_pending}"),
        (sample.animations_running, f"animations running: {sample.animations_running}"),
    )
    return tuple(words for moving, words in found if moving)


def complaint(samples: Sequence[Sample]) -> str:
    """Return why a page is not settled after these samples."""
    # The last look has hardly any time left: that it got no answer says nothing of a page that answered until then.
    last = next((sample for sample in samples[-2:][::-1] if sample.answered), samples[-1])
    return ", ".join(unrest(last)) or "the page kept changing"


def _differs(sample: Sample, last: Sample) -> bool:
    moved = sample.layouts != last.layouts and sample.at < LAYOUT_SECONDS
    return moved or (sample.requests_begun, sample.height) != (last.requests_begun, last.height)
