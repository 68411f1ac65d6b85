"""Opens the page: from the request to the load event."""

import asyncio
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page as BrowserPage
from playwright.async_api import Route
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.neterrors import ERROR_PAGE, error_name, reason_of
from kubeshot_capture.quiet import FONT_SECONDS
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_capture.tab import MainResponse, Tab
from kubeshot_contract.options import Until
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome, Page
from kubeshot_contract.spec import ConfigMapSource, HTMLSource, Source, URLSource

DOM_SECONDS = 15.0
LOAD_SECONDS = 30.0
LOOK_SECONDS = 0.25
TITLE_SECONDS = 1.0
# For asking the page when its time is over already.
LAST_LOOK_SECONDS = 0.1
ERROR_PAGE_MS = 1000.0
# What waiting for the load event leaves for settling, so that one image which never comes doesn't cost all of it.
SETTLE_SHARE = 8.0

# Where inline HTML is served from. A document with an address of its own has an origin (about:blank, which set_content
# fills, has none: no localStorage, no relative links, no encoding) and loads like any other. http, since an https page
# may not show http images; localhost (RFC 6761), which is a secure context all the same and where nobody listens,
# so what the page links to relatively fails at once.
INLINE_URL = "http://inline.localhost/"


async def run(tab: Tab, source: Source, html: str | None, until: Until, deadline: Deadline) -> Outcome:
    """Go to the page and wait until it is loaded, or until it has a DOM when `until` asks for no more.

    `html` is the page of a source that only names it.
    """
    await _commit(tab, await _address(tab.page, source, html), deadline)
    start = deadline.clock()
    if not await _reached(tab.page, "domcontentloaded", deadline.within(DOM_SECONDS)):
        tab.note(f"the document was not complete after {deadline.clock() - start:.1f} s: the rest of it may be missing")
        return Outcome.TIMED_OUT
    if until is Until.DOM_CONTENT_LOADED:
        return Outcome.SETTLED
    share = min(SETTLE_SHARE, deadline.left() / 2) if until is Until.SETTLED else 0.0
    if await _loaded(tab, deadline.sooner(share).within(LOAD_SECONDS)):
        return Outcome.SETTLED
    tab.note(
        f"the load event had not come after {deadline.clock() - start:.1f} s: something of the page may be missing"
    )
    return Outcome.TIMED_OUT


def reached_page(tab: Tab) -> Page:
    """Return which page is shown now, with the title it had when it was last asked."""
    response = tab.main_response
    status = response.status if response and response.url != INLINE_URL else None
    return Page(tab.page.url, status, tab.title)


async def titled_page(tab: Tab, deadline: Deadline) -> Page:
    """Return which page is shown now, with its title; one that the page doesn't tell in time is empty."""
    seconds = max(LAST_LOOK_SECONDS, min(TITLE_SECONDS, deadline.left()))
    try:
        tab.title = str(await ask(tab.page, "() => document.title", None, seconds))
    except NoAnswerError:
        tab.title = ""
    return reached_page(tab)


async def _address(page: BrowserPage, source: Source, html: str | None) -> str:
    match source:
        case URLSource(url):
            if urlsplit(url).scheme not in ("http", "https"):
                raise CaptureError(Reason.INVALID_REQUEST, "the url is neither http nor https")
            return url
        case HTMLSource() | ConfigMapSource():
            text = source.html if isinstance(source, HTMLSource) else html or ""
            await page.route(INLINE_URL, lambda route: _serve(route, text), times=1)
            return INLINE_URL


async def _serve(route: Route, html: str) -> None:
    await route.fulfill(body=html.encode(), content_type="text/html; charset=utf-8")


async def _commit(tab: Tab, url: str, deadline: Deadline) -> None:
    seconds = deadline.left()
    try:
        await _go(tab, url, deadline)
    except PlaywrightTimeoutError as error:
        raise CaptureError(
            Reason.NAVIGATION_TIMEOUT, f"{urlsplit(url).netloc} did not answer within {seconds:.1f} s"
        ) from error
    except PlaywrightError as error:
        raise await _refusal(tab, error) from error


async def _go(tab: Tab, url: str, deadline: Deadline) -> None:
    for again in (True, True, False):
        before = tab.page.url
        try:
            await tab.page.goto(url, wait_until="commit", timeout=_milliseconds(deadline))
        except PlaywrightError as error:
            # A pod's network may get another address while it starts (IPv6 takes a second); Chromium drops everything.
            if again and error_name(error.message) == "NETWORK_CHANGED":
                await _error_page_shown(tab.page)
                tab.traffic.cut_off = False
                continue
            if "interrupted by another navigation" not in error.message:
                raise
            # The page went on to another address by itself before it was there.
            await _arrived_elsewhere(tab.page, before, deadline)
        return


async def _error_page_shown(page: BrowserPage) -> None:
    # Chromium goes there some 30 ms after it told the error, and breaks off whatever it was sent to by then.
    with suppress(PlaywrightTimeoutError):
        await page.wait_for_url(lambda at: at.startswith(ERROR_PAGE), wait_until="commit", timeout=ERROR_PAGE_MS)


async def _arrived_elsewhere(page: BrowserPage, before: str, deadline: Deadline) -> None:
    await page.wait_for_url(lambda at: at != before, wait_until="commit", timeout=_milliseconds(deadline))


async def _refusal(tab: Tab, error: PlaywrightError) -> Exception:
    """Return the failure behind an error of `goto`, or the error itself when it is not about the page."""
    name = error_name(error.message)
    if "Download is starting" in error.message or name == "ABORTED":
        # The response's event may come after the error.
        await asyncio.sleep(0.05)
        return not_a_page(tab.main_response)
    if "invalid URL" in error.message:
        return CaptureError(Reason.INVALID_REQUEST, "the browser can't read the url")
    return net_failure(name, tab.main_response) if name else error


def net_failure(name: str, response: MainResponse | None) -> CaptureError:
    """Return the failure behind a network error of the page's own request."""
    status = response.status if response else None
    if name == "HTTP_RESPONSE_CODE_FAILURE":
        # Chromium's way to say that an error came without a body.
        return CaptureError(Reason.HTTP_ERROR, f"the server answered {status} and no page", http_status=status)
    return CaptureError(reason_of(name), f"the page can't be reached: net::ERR_{name}")


def not_a_page(response: MainResponse | None) -> CaptureError:
    """Return the failure for an address that leads to no document."""
    what = "a download"
    if response and response.status in (204, 205):
        what = f"status {response.status}, which has no content"
    elif response and response.content_type:
        what = f"{response.content_type.partition(';')[0]}, which is not shown as a page"
    return CaptureError(Reason.UNSUPPORTED_CONTENT, f"the address leads to {what}")


async def _loaded(tab: Tab, deadline: Deadline) -> bool:
    """Wait for the load event, but not when all that it waits for are fonts, or requests too old to count."""
    idle_since = deadline.clock()
    while deadline.left() and deadline.clock() - idle_since < FONT_SECONDS:
        if await _reached(tab.page, "load", deadline.within(LOOK_SECONDS)):
            return True
        if tab.traffic.activity().in_flight:
            idle_since = deadline.clock()
    # A video holds the load event up, and goes on for as long as it likes.
    return tab.traffic.plays


async def _reached(page: BrowserPage, state: Literal["domcontentloaded", "load"], deadline: Deadline) -> bool:
    try:
        await page.wait_for_load_state(state, timeout=_milliseconds(deadline))
    except PlaywrightTimeoutError:
        return False
    return True


def _milliseconds(deadline: Deadline) -> float:
    # Zero would mean no limit to Playwright.
    return max(1.0, deadline.left() * 1000)
