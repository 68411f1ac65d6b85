"""A page in a real browser, for tests of one stage alone."""

import asyncio
import io
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from PIL import Image
from playwright.async_api import Page, Route, ViewportSize, async_playwright

from kubeshot_capture.attempt import chromium_path
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.tab import Tab
from kubeshot_cli.local import ANYWHERE
from kubeshot_contract.spec import Viewport

Value = TypeVar("Value")
Colour = tuple[int, int, int]

ORIGIN = "http://page.localhost"
WINDOW = Viewport(400, 300, 1.0)
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A tab on a page, and the notes that were taken of it."""

    tab: Tab
    notes: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """The page itself."""
        return self.tab.page

    async def title(self) -> str:
        """Return the document's title, where test pages say what happened to them."""
        return await self.page.title()

    async def colour(self, x: int, y: int) -> Colour:
        """Return the colour of a pixel of the window as it is now."""
        with Image.open(io.BytesIO(await self.page.screenshot())) as picture:
            found: Colour = picture.convert("RGB").getpixel((x, y))  # type: ignore[assignment]
            return found


def within(seconds: float) -> Deadline:
    """Return the deadline that is so many seconds from now."""
    return Deadline(time.monotonic, time.monotonic() + seconds)


class OnPage:
    """One browser, in which each test gets a page of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._playwright = self._wait(async_playwright().start())
        self._browser = self._wait(
            self._playwright.chromium.launch(
                executable_path=chromium_path(os.environ), chromium_sandbox=os.geteuid() != 0
            )
        )

    def __call__(
        self,
        pages: str | Mapping[str, str],
        work: Callable[[Opened], Awaitable[Value]],
        *,
        before: Callable[[Tab], Awaitable[None]] | None = None,
        policy: str = "",
    ) -> Value:
        """Open a page, do the work with it and return what that returns.

        `pages` is HTML, or several by their paths, of which `/` is opened; `before` runs before that. `policy` is the
        content security policy of all of them.
        """
        served = {"/": pages} if isinstance(pages, str) else pages

        async def serve(route: Route) -> None:
            path = urlsplit(route.request.url).path
            headers = {"content-type": "text/html; charset=utf-8"}
            if policy:
                headers["content-security-policy"] = policy
            await route.fulfill(status=200 if path in served else 404, body=served.get(path, ""), headers=headers)

        async def run() -> Value:
            context = await self._browser.new_context(viewport=ViewportSize(width=WINDOW.width, height=WINDOW.height))
            try:
                page = await context.new_page()
                notes: list[str] = []
                tab = Tab(page, WINDOW, notes.append, Guard(ANYWHERE))
                await page.route(f"{ORIGIN}/**", serve)
                if before:
                    await before(tab)
                await page.goto(f"{ORIGIN}/")
                return await work(Opened(tab, notes))
            finally:
                await context.close()

        return self._wait(run())

    def close(self) -> None:
        """End the browser."""
        self._wait(self._browser.close())
        self._wait(self._playwright.stop())
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Value]) -> Value:
        return self._loop.run_until_complete(asyncio.wait_for(work, LONGEST_SECONDS))
