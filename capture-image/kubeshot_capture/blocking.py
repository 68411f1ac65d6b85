"""Keeps what nobody wants from being loaded: kinds of resources, addresses, advertisements."""

import asyncio
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Route, WebSocketRoute

from kubeshot_capture.assets import FILTER_LISTS_FOLDER
from kubeshot_capture.filter_lists import FilterLists
from kubeshot_capture.tally import Tally
from kubeshot_contract.options import ResourceType
from kubeshot_contract.spec import Block

_TYPES = {
    "stylesheet": ResourceType.STYLESHEET,
    "image": ResourceType.IMAGE,
    "media": ResourceType.MEDIA,
    "font": ResourceType.FONT,
    "script": ResourceType.SCRIPT,
    "xhr": ResourceType.XHR,
    "fetch": ResourceType.FETCH,
    "websocket": ResourceType.WEB_SOCKET,
}
_DOCUMENT = "document"
_ANY_ADDRESS = re.compile("")

Unwanted = Callable[[Request], bool]


async def read_lists(block: Block, assets: Path | None, note: Callable[[str], None]) -> FilterLists | None:
    """Return the filter lists when advertisements are to be blocked; a note says when they are not installed."""
    if not block.ads:
        return None
    if assets is None or not (folder := assets / FILTER_LISTS_FOLDER).is_dir():
        note("advertisements were not blocked: the filter lists are not installed here")
        return None
    return await asyncio.to_thread(FilterLists, folder)


async def install(page: Page, block: Block, lists: FilterLists | None, tally: Tally) -> None:
    """Stop the unwanted requests of this page from now on; where nothing is unwanted, no request is looked at."""
    blocker = _Blocker(page, tally)
    types = blocked_types(block)
    if ResourceType.WEB_SOCKET in types:
        await page.route_web_socket(_ANY_ADDRESS, blocker.close_socket)
    elif block.urls:
        await page.route_web_socket(address_pattern(block.urls), blocker.close_socket)
    if lists:
        await page.route(_ANY_ADDRESS, blocker.stop_if(lambda request: _is_listed(request, lists)))
    if types - {ResourceType.WEB_SOCKET}:
        await page.route(_ANY_ADDRESS, blocker.stop_if(lambda request: type_of(request.resource_type) in types))
    if block.urls:
        # The driver compares addresses by itself: what doesn't match never comes here.
        await page.route(address_pattern(block.urls), blocker.stop_if(lambda _: True))


def blocked_types(block: Block) -> frozenset[ResourceType]:
    """Return the kinds of resources that are not loaded."""
    return frozenset(block.resource_types) | ({ResourceType.MEDIA} if block.media else frozenset())


def type_of(resource_type: str) -> ResourceType | None:
    """Return the kind of a request from Playwright's word for it; `None` for documents."""
    return None if resource_type == _DOCUMENT else _TYPES.get(resource_type, ResourceType.OTHER)


def address_pattern(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return an expression for all addresses that one of the patterns matches from end to end; `*` is anything."""
    # JavaScript reads the expression too: it has only what both languages know.
    escaped = (".*".join(re.escape(part) for part in pattern.split("*")) for pattern in patterns)
    return re.compile(f"^(?:{'|'.join(escaped)})$")


def _is_listed(request: Request, lists: FilterLists) -> bool:
    frame = request.frame
    # A frame's own document is asked for by the document around it.
    asking = frame.parent_frame if request.is_navigation_request() and frame.parent_frame else frame
    return lists.has(request.url, asking.url, request.resource_type)


class _Blocker:
    """Answers the routes of one page, and counts what it stops."""

    def __init__(self, page: Page, tally: Tally) -> None:
        self._page = page
        self._tally = tally

    def stop_if(self, unwanted: Unwanted) -> Callable[[Route], object]:
        """Return a handler of routes that stops what is unwanted, but never the page's own document."""

        async def handle(route: Route) -> None:
            request = route.request
            own = request.is_navigation_request() and request.frame == self._page.main_frame
            # The request may be gone with its document.
            with suppress(PlaywrightError):
                if own or not unwanted(request):
                    await route.fallback()
                else:
                    self._tally.blocked += 1
                    await route.abort("blockedbyclient")

        return handle

    async def close_socket(self, socket: WebSocketRoute) -> None:
        """End a WebSocket before it was ever connected."""
        self._tally.blocked += 1
        await socket.close()
