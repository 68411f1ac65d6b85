"""A page in one HTML file that looks the same from a disk, without a network and without scripts.

A snapshot that runs is none: its scripts would find another address, no server and another time, and change it. MHTML
is no source for it: Chromium leaves out fonts, canvases and styles of shadow roots, and changes the order of styles.
"""

import html
import re
import secrets
from urllib.parse import urljoin

from playwright.async_api import Frame, Page

from kubeshot_capture.stages.page_copy import Part, copy_of, number_of
from kubeshot_capture.stages.resources import Resources, data_url, resources_of

# Frames in frames in frames are a trap, and style sheets may import each other.
MAX_DEPTH = 5

# What CSS has addresses in, in all of its spellings: url("…"), url('…'), url(…), @import "…".
_ADDRESS = re.compile(
    r"""url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"'()\\]+))\s*\)"""
    r"""|@import\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')"""
)
_IN_PLACE = ("data:", "#", "about:")


async def self_contained(page: Page) -> str:
    """Return the page as HTML that needs nothing else."""
    return await _document(page, page.main_frame, MAX_DEPTH)


async def _document(page: Page, frame: Frame, depth: int) -> str:
    nonce = f"kubeshot-{secrets.token_hex(8)}"
    copy = await copy_of(frame, nonce)
    resources = await resources_of(page, frame)
    frames = await _frames(page, frame, depth - 1) if depth else {}
    fillings = [frames.get(number) or await _filling(part, resources) for number, part in enumerate(copy.parts)]
    return re.sub(f"{nonce}-([0-9]+)-", lambda found: fillings[int(found[1])], copy.html)


async def _frames(page: Page, frame: Frame, depth: int) -> dict[int, str]:
    """Return the documents inside a frame by the number of their part."""
    found = {}
    for child in frame.child_frames:
        number = await number_of(await child.frame_element())
        if number is not None:
            found[number] = data_url("text/html;charset=utf-8", (await _document(page, child, depth)).encode())
    return found


async def _filling(part: Part, resources: Resources) -> str:
    if part.url is not None:
        return html.escape(await resources.data_url(part.url))
    if part.base is None:
        return "about:blank"
    css = await _css(part.css, part.base, resources, MAX_DEPTH)
    # Text of a style element is not escaped, but must not end it.
    return html.escape(css) if part.inline else css.replace("</", "<\\/")


async def _css(css: str | None, base: str, resources: Resources, depth: int) -> str:
    """Return a style sheet with everything in it that it names; the one at `base` when there is no text."""
    text = (await resources.content(base) or b"").decode(errors="replace") if css is None else css
    written, end = [], 0
    for found in _ADDRESS.finditer(text):
        address = re.sub(r"\\(.)", r"\1", next(group for group in found.groups() if group is not None))
        if not address.lower().startswith(_IN_PLACE):
            held = await _held(urljoin(base, address), resources, depth)
            written += [text[end : found.start()], "@import " if found[0].startswith("@") else "", f'url("{held}")']
            end = found.end()
    return "".join([*written, text[end:]])


async def _held(url: str, resources: Resources, depth: int) -> str:
    """Return a resource of a style sheet as a data: URL, with all in it when it is a style sheet too."""
    if resources.content_type(url) != "text/css":
        return await resources.data_url(url)
    return (
        data_url("text/css;charset=utf-8", (await _css(None, url, resources, depth - 1)).encode())
        if depth
        else "data:,"
    )
