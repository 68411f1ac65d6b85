"""Looks at pictures before they count as such: blank ones, and those that show an overlay instead of the page."""

import asyncio
from collections.abc import Sequence
from typing import Any, assert_never

from kubeshot_capture import strips
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.material import Picture
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.fields import Fields, MalformedMessageError
from kubeshot_contract.output import AreaRule, ClipArea, ElementArea, FullPageArea, ViewportArea
from kubeshot_contract.spec import FailOn

ANSWER_SECONDS = 5.0
OVERLAY_SECONDS = 2.0

# Chromium packs one colour 360 to 850 times, or 120 to 200 times where it was to be quick, but for tiny pictures. A
# larger file shows more than that, and need not be unpacked.
FINAL_RATIO = 250
QUICK_RATIO = 80
LEAST_BYTES = 1000

# From how much of the window on an overlay is told. A banner at an edge is less, and doesn't hide the page.
OVERLAY_PERCENT = 60

# Whether something is on the page, inside the picture, that has to leave a mark: text with a colour, or an image or a
# canvas that is more than a tracking pixel.
_HAS_CONTENT = """({selector, clip}) => {
  const areas = selector ? [...document.querySelectorAll(selector)].map(element => element.getBoundingClientRect())
    : [clip ? new DOMRect(clip[0] - scrollX, clip[1] - scrollY, clip[2], clip[3])
      : new DOMRect(0, 0, innerWidth, innerHeight)];
  const inside = box => box.width > 0 && box.height > 0 && areas.some(area => box.left < area.right
    && box.right > area.left && box.top < area.bottom && box.bottom > area.top);
  const visible = element => element?.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const range = document.createRange();
  const marks = text => {
    if (!text.data.trim() || !visible(text.parentElement)) return false;
    if (/^rgba.*, 0\\)$/.test(getComputedStyle(text.parentElement).color)) return false;
    range.selectNodeContents(text);
    return [...range.getClientRects()].some(inside);
  };
  const large = element => visible(element) && inside(element.getBoundingClientRect())
    && (element.naturalWidth ?? element.width) > 7 && (element.naturalHeight ?? element.height) > 7;
  const full = root => {
    const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      if (node instanceof Text ? marks(node) : node.shadowRoot ? full(node.shadowRoot)
        : node.matches('img, canvas') && large(node)) return true;
    }
    return false;
  };
  return full(document);
}"""

# The element that lies over the page's text in most of the window, found by looking at points of it. It is fixed, or
# far above the rest, and painted; what has no visible text under it is the page itself, such as an application's frame.
_OVERLAY = """() => {
  const steps = 10;
  const lies = style => style.position === 'fixed' || (style.position === 'absolute' && Number(style.zIndex) >= 10);
  const visible = element => element.checkVisibility({opacityProperty: true, visibilityProperty: true});
  const paints = element => {
    const style = getComputedStyle(element);
    return element.matches('img, iframe, canvas, video, svg') || style.backgroundImage !== 'none'
      || style.backdropFilter !== 'none' || !/^rgba.*, 0\\)$/.test(style.backgroundColor);
  };
  const speaks = element => visible(element)
    && [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const found = new Map();
  const look = stack => {
    for (let over = stack[0]; over && over !== document.body; over = over.parentElement) {
      if (!lies(getComputedStyle(over)) || !stack.some(element => over.contains(element) && paints(element))) continue;
      const seen = found.get(over) ?? {points: 0, under: new Set()};
      seen.points++;
      stack.filter(element => !over.contains(element) && !element.contains(over) && speaks(element))
        .forEach(element => seen.under.add(element));
      found.set(over, seen);
    }
  };
  for (let x = 0; x < steps; x++) for (let y = 0; y < steps; y++) {
    const stack = document.elementsFromPoint((x + 0.5) * innerWidth / steps, (y + 0.5) * innerHeight / steps);
    if (stack.length && visible(stack[0])) look(stack);
  }
  // What is under a modal dialog is inert, and not found at a point.
  const [largest] = [...found].filter(([over, seen]) => seen.under.size > 1 || over.matches(':modal'))
    .sort(([, a], [, b]) => b.points - a.points);
  if (!largest) return null;
  const [element, {points}] = largest;
  const name = element.id ? '#' + element.id : element.classList.length ? '.' + element.classList[0] : '';
  return {name: element.localName + name, percent: 100 * points / steps / steps};
}"""


async def run(tab: Tab, pictures: Sequence[Picture], fail_on: FailOn, deadline: Deadline) -> Picture | None:
    """Return the first picture that is blank although the page is not, when that is a failure; note an overlay."""
    if not pictures:
        return None
    blank, sentence = await asyncio.gather(_blank(tab, pictures if fail_on.blank else ()), overlay(tab, deadline))
    if sentence and not blank:
        tab.note(sentence)
    return blank


async def _blank(tab: Tab, pictures: Sequence[Picture]) -> Picture | None:
    for picture in pictures:
        if await asyncio.to_thread(is_uniform, picture) and await has_content(tab, picture.output.area):
            return picture
    return None


def is_uniform(picture: Picture) -> bool:
    """Say whether a picture is of one colour. Blocks: 20 ms per million pixels, for those that are small as files."""
    most = 3 * picture.width * picture.height / (FINAL_RATIO if picture.is_final else QUICK_RATIO)
    if sum(tile.stat().st_size for tile in picture.tiles) > LEAST_BYTES + most:
        return False
    colours: set[object] = set()
    for strip in strips.read(picture).images:
        # None when there are more than one.
        found = strip.getcolors(1)
        colours.update(colour for _, colour in found or [])
        if found is None or len(colours) > 1:
            return False
    return True


async def has_content(tab: Tab, area: AreaRule) -> bool:
    """Say whether the page shows text or images where the picture was taken; no answer counts as no."""
    try:
        return bool(await ask(tab.page, _HAS_CONTENT, _extent(area), ANSWER_SECONDS))
    except NoAnswerError:
        return False


async def overlay(tab: Tab, deadline: Deadline) -> str | None:
    """Return a sentence about an element that covers the page's content in most of the window."""
    try:
        answer = await ask(tab.page, _OVERLAY, None, min(OVERLAY_SECONDS, deadline.left()))
        found = None if answer is None else Fields(answer)
        if found is None or found.number("percent") < OVERLAY_PERCENT:
            return None
        name, percent = found.text("name")[:60], found.number("percent")
    except (NoAnswerError, MalformedMessageError):
        # A page may have redefined what the question is made of.
        return None
    return f"an overlay ({name}) covers {percent:.0f} % of the window; prepare.remove can take it away"


def _extent(area: AreaRule) -> dict[str, Any]:
    match area:
        case ViewportArea():
            return {}
        case FullPageArea(max_height):
            return {"clip": [0, 0, 1e9, max_height or 1e9]}
        case ElementArea(selector):
            return {"selector": selector}
        case ClipArea(x, y, width, height):
            return {"clip": [x, y, width, height]}
    assert_never(area)
