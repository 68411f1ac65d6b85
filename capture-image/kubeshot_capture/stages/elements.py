"""Where the elements are that a selector matches."""

import asyncio
from collections.abc import Iterable

from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.areas import Box
from kubeshot_capture.stages.script import NoAnswerError
from kubeshot_capture.stages.wait import check_selector
from kubeshot_capture.tab import Tab

_BOXES = """elements => elements.map(element => {
  const box = element.getBoundingClientRect();
  const visible = element.checkVisibility({visibilityProperty: true}) && box.width > 0 && box.height > 0;
  return visible ? [box.x + scrollX, box.y + scrollY, box.width, box.height] : null;
})"""


async def find(tab: Tab, selector: str, seconds: float) -> tuple[int, Box | None]:
    """Return how many elements match, and the box around those that are visible, in CSS pixels of the page.

    Raises `CaptureError` for what is no selector, and `NoAnswerError`.
    """
    try:
        async with asyncio.timeout(seconds):
            found = await tab.page.locator(f"css={selector}").evaluate_all(_BOXES)
    except TimeoutError as error:
        raise NoAnswerError(f"no answer within {seconds:.1f} s") from error
    except PlaywrightError as error:
        check_selector(selector, error)
        raise NoAnswerError(error.message) from error
    return len(found), _around(Box(*each) for each in found if each)


def _around(boxes: Iterable[Box]) -> Box | None:
    all_of_them = list(boxes)
    if not all_of_them:
        return None
    x, y = min(box.x for box in all_of_them), min(box.y for box in all_of_them)
    return Box(x, y, max(box.right for box in all_of_them) - x, max(box.bottom for box in all_of_them) - y)
