"""Starts Chromium, and says what a capture needs of it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, BrowserContext, Playwright
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.driver import start_driver
from kubeshot_capture.failures import CaptureError
from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import Reason

Driver = asyncio.Future[Playwright]
"""A driver that is started, or on its way."""

# Without these, WebRTC, QUIC and the resolver go round the guard, whatever the proxy is. (Spelled without force- the
# first does nothing.)
_ARGUMENTS = (
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
# Each capture's context has a guard of its own. What belongs to none goes where nobody listens.
_NOBODY = "http://127.0.0.1:1"

# What Chromium says when its sandbox can't start: content/browser/zygote_host and sandbox/linux of its source.
_SANDBOX_SIGNS = (
    "No usable sandbox",
    "Failed to move to new namespace",
    "Running as root without --no-sandbox",
    "setuid sandbox",
    "credentials.cc",
    "namespace_sandbox.cc",
    "zygote_host_impl_linux.cc",
)


class Contexts(Protocol):
    """What makes fresh contexts: a browser, or a place in one that several captures share."""

    async def new_context(self, *args: Any, **options: Any) -> BrowserContext:
        """Make a context with these options, which are Playwright's."""


class CaptureBrowser(Protocol):
    """A browser as one capture sees it."""

    ended: asyncio.Future[str]
    """Gets a sentence when the browser or the page's renderer dies."""

    @property
    def devices(self) -> Mapping[str, Mapping[str, Any]]:
        """Playwright's devices by name, each with the options of a context; empty before the start."""

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> Contexts:
        """Start the browser where it isn't running; raise `CaptureError` when it can't be."""

    def end(self, sentence: str) -> None:
        """Say that the browser or its renderer has died."""

    def release(self) -> None:
        """Say that the page isn't needed any more: what happens to the browser from now on harms nobody."""


class BrowserProcess:
    """Playwright's driver and one Chromium. There is no close: the capture ends by killing what it started."""

    def __init__(self, executable: Path, driver: Driver | None = None) -> None:
        """Take the path of the browser, which isn't started yet, and the driver where that is under way."""
        self._executable = executable
        self._driver = driver
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._released = False
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Gets a sentence when the browser or the page's renderer dies."""

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> Browser:
        """Start the browser; raise `CaptureError` when the sandbox can't work here."""
        self._playwright = await (self._driver or start_driver())
        self._browser = await launch(self._playwright, self._executable, sandbox, deadline.left())
        self._browser.on("disconnected", lambda _: self.end("the browser ended by itself"))
        return self._browser

    @property
    def devices(self) -> Mapping[str, Mapping[str, Any]]:
        """Playwright's devices by name, each with the options of a context; empty before the start."""
        return self._playwright.devices if self._playwright else {}

    def end(self, sentence: str) -> None:
        """Say that the browser or its renderer has died."""
        if not self._released and not self.ended.done():
            self.ended.set_result(sentence)

    def release(self) -> None:
        """Say that the page isn't needed any more: the browser goes with the process."""
        self._released = True


async def launch(playwright: Playwright, executable: Path, sandbox: Sandbox, seconds: float) -> Browser:
    """Start a Chromium within so many seconds; raise `CaptureError` when it or its sandbox can't work here."""
    try:
        return await playwright.chromium.launch(
            executable_path=executable,
            chromium_sandbox=sandbox is Sandbox.REQUIRED,
            timeout=max(1.0, seconds * 1000),
            args=_ARGUMENTS,
            proxy={"server": _NOBODY},
            # The capture has handlers of its own, which write the result first.
            handle_sigterm=False,
            handle_sigint=False,
            handle_sighup=False,
        )
    except PlaywrightError as error:
        raise launch_failure(str(error)) from error


def launch_failure(message: str) -> CaptureError:
    """Return why a browser did not start, from what it wrote to its log."""
    if any(sign in message for sign in _SANDBOX_SIGNS):
        return CaptureError(
            Reason.SANDBOX_UNAVAILABLE,
            "Chromium's sandbox can't start here: the pod needs a user other than root and the seccomp profile "
            "kubeshot/chromium.json on its node, or its class must set pod.sandbox to Disabled",
        )
    return CaptureError(Reason.INTERNAL_ERROR, f"Chromium did not start: {message.strip().splitlines()[0]}")
