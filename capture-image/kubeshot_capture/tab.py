"""The one page, and what is known of it from its events."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.async_api import CDPSession, Page, Request, Response

from kubeshot_capture.banners import Banners
from kubeshot_capture.clock import PageClock
from kubeshot_capture.console import Console
from kubeshot_capture.guard.conversation import GUARD_HEADER
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.guard.record import Trouble
from kubeshot_capture.tally import Tally
from kubeshot_capture.traffic import Traffic
from kubeshot_contract.spec import Viewport

Note = Callable[[str], None]
"""Takes a sentence that a person should read beside the picture."""


@dataclass(frozen=True, slots=True)
class MainResponse:
    """What the server said to the page's own request, the last one when it was redirected or navigated on."""

    url: str
    status: int
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Tab:
    """The page with its window and its traffic."""

    def __init__(self, page: Page, viewport: Viewport, note: Note, guard: Guard) -> None:
        """Listen to the page from now on."""
        self.page = page
        self._guard = guard
        self._asked_url = ""
        self.viewport = viewport
        self.mobile = False
        """Whether the window is a mobile device's, with its rules for the size of a page."""
        self.note = note
        self.traffic = Traffic(time.monotonic)
        self.banners = Banners(time.monotonic, note)
        self.tally = Tally()
        self.console = Console()
        self.clock: PageClock | None = None
        """The page's own time, where the request gives it one."""
        self.main_response: MainResponse | None = None
        self.title = ""
        """The document's title, as it was when the page was last asked."""
        self._session: CDPSession | None = None
        page.on("request", self._on_request)
        page.on("requestfinished", self.traffic.ended)
        page.on("requestfailed", lambda request: self.traffic.failed(request, request.failure or ""))
        page.on("response", self._on_response)

    async def session(self) -> CDPSession:
        """Return the page's one session of Chromium's own protocol.

        Not before the page is open: Chromium would print it for print although the request says screen.
        """
        if self._session is None:
            self._session = await self.page.context.new_cdp_session(self.page)
        return self._session

    def trouble(self) -> Trouble | None:
        """Return why the page, as it was asked for last, did not come through the guard; `None` if it did."""
        response = self.main_response
        is_answered = response is not None and response.url == self._asked_url
        if response is not None and is_answered and GUARD_HEADER not in response.headers:
            return None
        return self._guard.trouble_with(self._asked_url)

    def _on_request(self, request: Request) -> None:
        if _is_main(request, self.page):
            self._asked_url = request.url
        question = f"{request.method} {request.url} {hash(request.post_data_buffer)}"
        self.traffic.started(request, request.resource_type, question)

    async def advance_clock(self, *, last: bool) -> None:
        """Bring scripted animations as far as they will go, where the page has a time of its own."""
        if self.clock and not await self.clock.advance(self.page, last=last):
            self.note("the page's scripts drew too slowly to bring its time to an end: another capture may differ")

    def _on_response(self, response: Response) -> None:
        content_type = response.headers.get("content-type", "")
        self.traffic.answered(response.request, content_type)
        if _is_main(response.request, self.page):
            self.main_response = MainResponse(response.url, response.status, content_type, response.headers)


def _is_main(request: Request, page: Page) -> bool:
    return request.is_navigation_request() and request.frame == page.main_frame
