"""Chromium's screenshots, of the window or of any part of the page."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.areas import Box
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.roots import TWO_FRAMES
from kubeshot_capture.stages.relief import relieve
from kubeshot_capture.stages.script import ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.fields import Fields
from kubeshot_contract.reasons import Reason

ANSWER_SECONDS = 10.0
# For giving the page its scripts back when time is over already.
LEAST_SECONDS = 0.3

# Two frames, where nothing was painted yet: before the first one "Unable to capture screenshot" is all that Chromium
# says. The page's size is Playwright's, but for columns that the page hides: menus wait there.
_LOOK = f"""async () => {{
  if (!performance.getEntriesByType('paint').length) {{
    {TWO_FRAMES}
  }}
  const {{documentElement, body}} = document;
  const parts = [documentElement, body].filter(Boolean);
  const most = names => Math.max(0, ...parts.flatMap(part => names.map(name => part[name])));
  const [outer, inner] = parts.map(part => getComputedStyle(part).overflowX);
  const hides = /hidden|clip/.test(outer === 'visible' ? inner : outer);
  const {{width, height, orientation: {{angle, type}}}} = screen;
  return {{
    scripts: !matchMedia('(scripting: none)').matches,
    width: hides ? innerWidth : Math.ceil(most(['scrollWidth', 'offsetWidth', 'clientWidth'])),
    height: Math.ceil(most(['scrollHeight', 'offsetHeight', 'clientHeight'])),
    windowWidth: innerWidth,
    windowHeight: innerHeight,
    screen: {{
      screenWidth: width,
      screenHeight: height,
      screenOrientation: {{angle, type: type.replace(/-./, letters => letters[1].toUpperCase())}},
    }},
  }};
}}"""

# Text in a window of one pixel takes seconds to lay out. What has a width of its own is not laid out again.
_PIN = """() => {
  const {style} = document.documentElement;
  const before = [style.getPropertyValue('width'), style.getPropertyPriority('width')];
  style.setProperty('width', getComputedStyle(document.documentElement).width, 'important');
  return before;
}"""
_UNPIN = "([width, priority]) => document.documentElement.style.setProperty('width', width, priority)"


class Camera:
    """Takes pictures of one page until a deadline."""

    def __init__(self, tab: Tab, session: CDPSession, deadline: Deadline) -> None:
        self._tab = tab
        self._session = session
        self._deadline = deadline
        self._has_scripts = True
        self._screen: dict[str, Any] = {}
        self.page = self.window = Box(0, 0, 0, 0)
        """The whole page and its window, in CSS pixels, as they were at the last look."""

    async def look(self) -> None:
        """Let the page draw, and measure it; raise `NoAnswerError` when its scripts leave no time for that."""
        seen = Fields(await self._ask(_LOOK))
        self._has_scripts = seen.boolean("scripts")
        self.page = Box(0, 0, seen.integer("width"), seen.integer("height"))
        self.window = Box(0, 0, seen.integer("windowWidth"), seen.integer("windowHeight"))
        self._screen = dict(seen.raw("screen"))

    async def take(self, box: Box, *, quick: bool) -> bytes:
        """Return the window or a part of the page as a PNG; a `quick` one is larger."""
        if box == self.window:
            return await self._capture({"optimizeForSpeed": quick})
        clip = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "scale": 1}
        beyond = not box.within(self.window)
        if beyond:
            await relieve(self._session)
        return await self._capture({"clip": clip, "captureBeyondViewport": beyond, "optimizeForSpeed": quick})

    async def hold_metrics(self) -> None:
        """Give this session the window's metrics, which it does not know from Playwright's.

        Without them the window of a device or at another scale has another size in a picture, and after a part of the
        page, for which Chromium changes the metrics, the device scale factor would be 1.
        """
        viewport = self._tab.viewport
        size = {"width": viewport.width, "height": viewport.height, "deviceScaleFactor": viewport.scale}
        own = {**size, "mobile": self._tab.mobile, "dontSetVisibleSize": True}
        await self._send("Emulation.setDeviceMetricsOverride", {**own, **self._screen})

    @asynccontextmanager
    async def standstill(self) -> AsyncIterator[None]:
        """Keep the page from moving: for a part beyond the window Chromium makes that one pixel wide for a moment.

        No script runs meanwhile. Timers that come due are lost, and so are chains of animation frames.
        """
        await self._switch_scripts(on=False)
        try:
            pinned = await self._ask(_PIN)
            yield
            await self._ask(_UNPIN, pinned)
        finally:
            await self._switch_scripts(on=True)

    @asynccontextmanager
    async def transparent(self) -> AsyncIterator[None]:
        """Leave what the page does not paint transparent."""
        nothing = {"r": 0, "g": 0, "b": 0, "a": 0}
        await self._send("Emulation.setDefaultBackgroundColorOverride", {"color": nothing})
        try:
            yield
        finally:
            await self._send("Emulation.setDefaultBackgroundColorOverride", {})

    async def _switch_scripts(self, *, on: bool) -> None:
        if self._has_scripts:
            await self._send("Emulation.setScriptExecutionDisabled", {"value": not on})

    async def _ask(self, script: str, argument: object = None) -> object:
        return await ask(self._tab.page, script, argument, min(ANSWER_SECONDS, self._deadline.left()))

    async def _capture(self, options: dict[str, Any]) -> bytes:
        try:
            answer = await self._send("Page.captureScreenshot", {"format": "png", **options})
        except PlaywrightError as error:
            if "Unable to capture screenshot" not in error.message:
                raise
            raise CaptureError(Reason.RENDERER_CRASHED, "Chromium could not draw the picture") from error
        return base64.b64decode(answer["data"])

    async def _send(self, method: str, options: dict[str, Any]) -> Any:
        try:
            async with asyncio.timeout(max(LEAST_SECONDS, self._deadline.left())):
                return await self._session.send(method, options)
        except TimeoutError as error:
            sentence = "the time ran out while pictures were drawn: maxHeight, a clip or a smaller scale takes less"
            raise CaptureError(Reason.DEADLINE_EXCEEDED, sentence) from error
