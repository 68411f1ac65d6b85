"""Starts Chromium."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import Reason

# For the environment of this process, which Playwright's driver inherits. Its screenshot would wait for the page's
# fonts, up to its whole timeout; settling has done so with a limit.
PLAYWRIGHT_VARIABLES = {"PW_TEST_SCREENSHOT_NO_FONTS_READY": "1"}

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


class BrowserProcess:
    """Playwright's driver and one Chromium. There is no close: the capture ends by killing what it started."""

    def __init__(self, executable: Path) -> None:
        """Take the path of the browser; nothing is started yet."""
        self._executable = executable
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Gets a sentence when the browser or the page's renderer dies."""

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> Browser:
        """Start the browser; raise `CaptureError` when the sandbox can't work here."""
        self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=self._executable,
                chromium_sandbox=sandbox is Sandbox.REQUIRED,
                timeout=max(1.0, deadline.left() * 1000),
                # The capture has handlers of its own, which write the result first.
                handle_sigterm=False,
                handle_sigint=False,
                handle_sighup=False,
            )
        except PlaywrightError as error:
            raise launch_failure(str(error)) from error
        self._browser.on("disconnected", lambda _: self.end("the browser ended by itself"))
        return self._browser

    @property
    def devices(self) -> Mapping[str, Mapping[str, Any]]:
        """Playwright's devices by name, each with the options of a context; empty before the start."""
        return self._playwright.devices if self._playwright else {}

    def end(self, sentence: str) -> None:
        """Say that the browser or its renderer has died."""
        if not self.ended.done():
            self.ended.set_result(sentence)


def launch_failure(message: str) -> CaptureError:
    """Return why a browser did not start, from what it wrote to its log."""
    if any(sign in message for sign in _SANDBOX_SIGNS):
        return CaptureError(
            Reason.SANDBOX_UNAVAILABLE,
            "Chromium's sandbox can't start here: the pod needs a user other than root and the seccomp profile "
            "kubeshot/chromium.json on its node, or its class must set pod.sandbox to Disabled",
        )
    return CaptureError(Reason.INTERNAL_ERROR, f"Chromium did not start: {message.strip().splitlines()[0]}")
