"""Looks at a picture before it counts as one."""

import io
from dataclasses import dataclass

from PIL import Image

from kubeshot_capture.browser import Tab
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_capture.stages.shoot import MAX_PIXELS

ANSWER_SECONDS = 5.0

# Pillow warns of pictures that unpack to more than it was told to expect. Ours have this bound already.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

# Whether something is on the page, inside the picture, that has to leave a mark: text with a colour, or an image that
# is more than a tracking pixel.
_HAS_CONTENT = """fullPage => {
  const inside = box => box.width > 0 && box.height > 0 && (fullPage
    || (box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth));
  const visible = element => element.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const range = document.createRange();
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.data.trim() || !visible(text.parentElement)) continue;
    if (/^rgba.*, 0\\)$/.test(getComputedStyle(text.parentElement).color)) continue;
    range.selectNodeContents(text);
    if ([...range.getClientRects()].some(inside)) return true;
  }
  return [...document.images].some(image => image.naturalWidth > 7 && image.naturalHeight > 7 && visible(image)
    && inside(image.getBoundingClientRect()));
}"""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a picture holds, found by decoding all of it. Sizes are in device pixels."""

    width: int
    height: int
    uniform: bool


def inspect(picture: bytes) -> Inspection:
    """Decode a whole picture; raise `OSError` when it is damaged. Blocks: 20 ms per million pixels."""
    with Image.open(io.BytesIO(picture)) as image:
        bands = image.getextrema()
        # One band gives a pair, several give a pair each.
        pairs = bands if isinstance(bands[0], tuple) else (bands,)
        return Inspection(image.width, image.height, uniform=all(low == high for low, high in pairs))


async def has_content(tab: Tab, full_page: bool) -> bool:
    """Say whether the page shows text or images where the picture was taken; no answer counts as no."""
    try:
        return bool(await ask(tab.page, _HAS_CONTENT, full_page, ANSWER_SECONDS))
    except NoAnswerError:
        return False
