"""The one page, and what is known of it from its events."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.async_api import Page, Request, Response

from kubeshot_capture.banners import Banners
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


class Tab:
    """The page with its window and its traffic."""

    def __init__(self, page: Page, viewport: Viewport, note: Note) -> None:
        """Listen to the page from now on."""
        self.page = page
        self.viewport = viewport
        self.note = note
        self.traffic = Traffic(time.monotonic)
        self.banners = Banners(time.monotonic, note)
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


def _is_main(request: Request, page: Page) -> bool:
    return request.is_navigation_request() and request.frame == page.main_frame
