"""Starts Chromium, and tells what happens in its one page."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, Playwright, Request, Response, async_playwright
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.traffic import Traffic
from kubeshot_contract.job import Sandbox, Viewport
from kubeshot_contract.reasons import Reason

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


@dataclass(frozen=True, slots=True)
class MainResponse:
    """What the server said to the page's own request, the last one when it was redirected or navigated on."""

    url: str
    status: int
    content_type: str


class Tab:
    """The one page, and what is known of it from its events."""

    def __init__(self, page: Page, viewport: Viewport) -> None:
        """Listen to the page from now on."""
        self.page = page
        self.viewport = viewport
        self.traffic = Traffic(time.monotonic)
        self.main_response: MainResponse | None = None
        page.on("request", lambda request: self.traffic.started(request, request.resource_type))
        page.on("requestfinished", self.traffic.ended)
        page.on("requestfailed", lambda request: self.traffic.failed(request, request.failure or ""))
        page.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        content_type = response.headers.get("content-type", "")
        self.traffic.answered(response.request, content_type)
        if _is_main(response.request, self.page):
            self.main_response = MainResponse(response.url, response.status, content_type)


class BrowserProcess:
    """Playwright's driver and one Chromium. There is no close: the capture ends by killing what it started."""

    def __init__(self, executable: Path) -> None:
        """Take the path of the browser; nothing is started yet."""
        self._executable = executable
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Gets a sentence when the browser or the page's renderer dies."""

    async def open_tab(self, viewport: Viewport, sandbox: Sandbox, deadline: Deadline) -> Tab:
        """Start the browser and return its empty page; raise `CaptureError` when the sandbox can't work here."""
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
        self._browser.on("disconnected", lambda _: self._end("the browser ended by itself"))
        context = await self._browser.new_context(
            viewport={"width": viewport.width, "height": viewport.height},
            device_scale_factor=viewport.scale,
            accept_downloads=False,
        )
        page = await context.new_page()
        page.on("crash", lambda _: self._end("the page's renderer crashed"))
        return Tab(page, viewport)

    def _end(self, sentence: str) -> None:
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


def _is_main(request: Request, page: Page) -> bool:
    return request.is_navigation_request() and request.frame == page.main_frame
