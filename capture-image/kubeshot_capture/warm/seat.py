"""A capture's place in a browser that it shares: a context of its own, and word of what happens to that alone."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.warm.chromium import Chromium, Running
from kubeshot_contract.options import Sandbox

# Closing takes 30 ms, and no longer for a page whose script never ends.
CLOSE_SECONDS = 5.0


class Seat:
    """A browser as one of several captures sees it. It has to be released."""

    def __init__(self, chromium: Chromium, oom_kills: Callable[[], int], on_release: Callable[[], None]) -> None:
        """Take no place yet; `on_release` is called once, when the capture needs its page no more."""
        self._chromium = chromium
        self._count = oom_kills
        self._on_release = on_release
        self._kills_before = oom_kills()
        self._running: Running | None = None
        self._making: asyncio.Task[BrowserContext] | None = None
        self._closing: asyncio.Task[None] | None = None
        self.accompanied = False
        """Whether other captures were in the browser too."""
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Gets a sentence when the browser or the page's renderer dies."""

    @property
    def devices(self) -> Mapping[str, Mapping[str, Any]]:
        """Playwright's devices by name, each with the options of a context."""
        return self._chromium.devices

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> "Seat":
        """Take a place in the browser; raise `CaptureError` when there is none that could be started."""
        self._running = await self._chromium.enter(self, sandbox, deadline)
        return self

    async def new_context(self, *args: Any, **options: Any) -> BrowserContext:
        """Make this capture's context with these options, which are Playwright's."""
        assert self._running, "a seat is taken before it is used"
        # A capture that is given up in the meantime must not leave a context behind.
        self._making = asyncio.ensure_future(self._running.browser.new_context(*args, **options))
        return await asyncio.shield(self._making)

    def end(self, sentence: str) -> None:
        """Say that the browser or this capture's renderer has died."""
        if self._closing is None and not self.ended.done():
            self.ended.set_result(sentence)

    def oom_kills(self) -> int:
        """Return how many processes were killed for memory, as far as that can concern this capture.

        The kernel counts for the whole pod. With others around, a kill is this capture's only when it lost its page by
        it: all frames of a page are in one process, and no process has pages of two captures.
        """
        return self._count() if self.ended.done() or not self.accompanied else self._kills_before

    def release(self) -> None:
        """Close this capture's context with all that is in it, from now on: its files may still be on their way."""
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close())

    async def _close(self) -> None:
        try:
            if self._running:
                await self._empty(self._running)
                self._chromium.leave(self._running, self)
        finally:
            self._on_release()

    async def _empty(self, running: Running) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                # Of a browser that has died nothing is left to close, and what could not be made is not there.
                with suppress(PlaywrightError):
                    if self._making:
                        context = await self._making
                        await context.close()
        except TimeoutError:
            self._chromium.retire(running, "it doesn't close a context")
