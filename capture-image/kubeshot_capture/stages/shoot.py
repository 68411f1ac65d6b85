"""Takes the pictures."""

import math

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from kubeshot_capture.browser import Tab
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_contract.fields import Fields
from kubeshot_contract.job import Area, ImageFormat, OutputJob
from kubeshot_contract.reasons import Reason

DEFAULT_QUALITY = 85
FRAMES_SECONDS = 10.0

# Above this Chromium silently paints white: a picture of 1280 x 82,000 device pixels was whole, one of 1280 x 100,000
# was white below row 87,000. What is below both limits was whole, at scales 1, 2 and 4 and widths from 375 to 4000.
MAX_ROWS = 80_000
MAX_PIXELS = 100_000_000
# libjpeg's limit is 65,500; above it the answer is empty.
MAX_JPEG_SIDE = 65_500

# Two frames: before the first one "Unable to capture screenshot" is all that Chromium says.
_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

# The same size as Playwright's own, which it is about to capture.
_PAGE_SIZE = """() => {
  const parts = [document.documentElement, document.body].filter(Boolean);
  const most = names => Math.max(0, ...parts.flatMap(part => names.map(name => part[name])));
  return {
    width: Math.ceil(most(['scrollWidth', 'offsetWidth', 'clientWidth'])),
    height: Math.ceil(most(['scrollHeight', 'offsetHeight', 'clientHeight'])),
  };
}"""


async def run(tab: Tab, output: OutputJob, deadline: Deadline) -> bytes:
    """Return the picture as Chromium encoded it; raise `CaptureError` when it can't be taken whole."""
    try:
        await ask(tab.page, _TWO_FRAMES, None, min(FRAMES_SECONDS, deadline.left()))
        if output.area is Area.FULL_PAGE:
            await _check_size(tab, output.format, deadline)
    except NoAnswerError as error:
        raise CaptureError(
            Reason.DEADLINE_EXCEEDED, f"no picture, since the page's scripts leave no time to draw: {error}"
        ) from error
    picture = await _screenshot(tab.page, output, deadline)
    if not picture:
        raise CaptureError(Reason.BLANK_IMAGE, f"Chromium returned no bytes for the output {output.name}")
    return picture


def complaint_about_size(width: int, height: int, image_format: ImageFormat) -> str | None:
    """Return why a picture of this size in device pixels can't be taken, `None` when it can."""
    if height > MAX_ROWS:
        return f"the page is {height} pixels high, and a picture can have {MAX_ROWS}"
    if width * height > MAX_PIXELS:
        return f"the page has {width} x {height} pixels, and a picture can have {MAX_PIXELS}"
    if image_format is ImageFormat.JPEG and max(width, height) > MAX_JPEG_SIDE:
        return f"the page has {width} x {height} pixels, and a JPEG can have {MAX_JPEG_SIDE} on a side: use PNG"
    return None


async def _check_size(tab: Tab, image_format: ImageFormat, deadline: Deadline) -> None:
    size = Fields(await ask(tab.page, _PAGE_SIZE, None, min(FRAMES_SECONDS, deadline.left())))
    scale = tab.viewport.scale
    width, height = (math.ceil(size.integer(side) * scale) for side in ("width", "height"))
    if complaint := complaint_about_size(width, height, image_format):
        raise CaptureError(Reason.PAGE_TOO_LARGE, complaint)


async def _screenshot(page: Page, output: OutputJob, deadline: Deadline) -> bytes:
    full_page = output.area is Area.FULL_PAGE
    timeout = max(1.0, deadline.left() * 1000)
    try:
        if output.format is ImageFormat.JPEG:
            quality = output.quality or DEFAULT_QUALITY
            return await page.screenshot(full_page=full_page, timeout=timeout, type="jpeg", quality=quality)
        return await page.screenshot(full_page=full_page, timeout=timeout, type="png")
    except PlaywrightTimeoutError as error:
        raise CaptureError(
            Reason.DEADLINE_EXCEEDED, f"the picture {output.name} was not drawn within {timeout / 1000:.1f} s"
        ) from error
    except PlaywrightError as error:
        if "Unable to capture screenshot" not in error.message:
            raise
        raise CaptureError(Reason.RENDERER_CRASHED, f"Chromium could not draw the picture {output.name}") from error
