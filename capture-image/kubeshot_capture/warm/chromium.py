"""The browser of a warm pod: one Chromium for many captures, replaced when it dies, leaks or doesn't answer."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, Playwright
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture import log, processes
from kubeshot_capture.browser import Driver, launch
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_contract.options import Sandbox

# A Chromium that can still close does so in 50 ms.
STOP_SECONDS = 3.0


class Occupant(Protocol):
    """A capture in a browser. `accompanied` says whether others were in it too at some time."""

    accompanied: bool

    def end(self, sentence: str) -> None:
        """Say that the browser has died."""


@dataclass(eq=False, slots=True)
class Running:
    """A Chromium, its process, and who is in it. `retired` says that nobody comes any more."""

    browser: Browser
    pid: int
    occupants: set[Occupant] = field(default_factory=set)
    retired: bool = False


class Chromium:
    """Playwright's driver and the Chromium of the moment; one that is retired lives on until its captures are over."""

    def __init__(self, driver: Driver, executable: Path, has_leaked: Callable[[], bool]) -> None:
        """Take the driver and the browser's path. `has_leaked` is asked whenever the browser is empty."""
        self._driver = driver
        self._executable = executable
        self._has_leaked = has_leaked
        self._playwright: Playwright | None = None
        self._running: Running | None = None
        self._turn = asyncio.Lock()
        self._stopping: set[asyncio.Task[None]] = set()
        self.lost = 0
        """How many browsers died, did not start, or had to be replaced so far."""
        self.has_driver = True
        """Whether a browser can be started: without its driver none can be, nor be spoken to."""

    @property
    def devices(self) -> Mapping[str, Mapping[str, Any]]:
        """Playwright's devices by name, each with the options of a context; empty before the start."""
        return self._playwright.devices if self._playwright else {}

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> Running:
        """Return the browser that runs, started where there is none; raise `CaptureError` when it can't be."""
        async with self._turn:
            if self._playwright is None:
                self._playwright = await self._watched_driver()
            if self._running is None:
                self._running = await self._launch(self._playwright, sandbox, deadline)
            return self._running

    async def _watched_driver(self) -> Playwright:
        playwright = await self._driver
        # It is all that was started so far.
        for pid in processes.children():
            watch_end(pid, self._without_driver)
        return playwright

    async def _launch(self, playwright: Playwright, sandbox: Sandbox, deadline: Deadline) -> Running:
        try:
            browser = await launch(playwright, self._executable, sandbox, deadline.left())
            running = Running(browser, await _process(browser))
        except (CaptureError, PlaywrightError):
            self.lost += 1
            raise
        browser.on("disconnected", lambda _: self._died(running))
        return running

    def _without_driver(self) -> None:
        log.write("driver-died")
        self.has_driver = False
        if self._running:
            self._died(self._running)

    async def enter(self, occupant: Occupant, sandbox: Sandbox, deadline: Deadline) -> Running:
        """Take a place in the browser that runs."""
        running = await self.start(sandbox, deadline)
        running.occupants.add(occupant)
        if len(running.occupants) > 1:
            for each in running.occupants:
                each.accompanied = True
        return running

    def leave(self, running: Running, occupant: Occupant) -> None:
        """Give a place back; the browser that is empty then may have to go."""
        running.occupants.discard(occupant)
        if running.occupants:
            return
        if running.retired:
            self._stop(running)
        elif self._has_leaked():
            self.retire(running, "it leaks memory")

    def retire(self, running: Running, why: str) -> None:
        """Let nobody into this browser any more, and end it when it is empty."""
        if running.retired:
            return
        log.write("browser-retired", why=why)
        self._lose(running)
        if not running.occupants:
            self._stop(running)

    def _died(self, running: Running) -> None:
        if not running.retired:
            log.write("browser-died", captures=len(running.occupants))
            self._lose(running)
        for occupant in list(running.occupants):
            occupant.end("the browser ended by itself")

    def _lose(self, running: Running) -> None:
        running.retired = True
        self.lost += 1
        if self._running is running:
            self._running = None

    def _stop(self, running: Running) -> None:
        task = asyncio.ensure_future(_stop(running))
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)


def watch_end(pid: int, then: Callable[[], None]) -> None:
    """Call a function when a process has ended, whoever waits for it besides."""
    loop, descriptor = asyncio.get_running_loop(), os.pidfd_open(pid)

    def on_end() -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        then()

    loop.add_reader(descriptor, on_end)


async def _process(browser: Browser) -> int:
    session = await browser.new_browser_cdp_session()
    found = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    return next(int(process["id"]) for process in found["processInfo"] if process["type"] == "browser")


async def _stop(running: Running) -> None:
    """End a browser, by force where it doesn't by itself."""
    with suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            await running.browser.close()
    if running.browser.is_connected():
        processes.kill_family(running.pid)
