"""Makes a fresh context with one empty page, as the request wants it: all that is set before the page is opened."""

import asyncio
from typing import Any

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture import blocking, clock, dialogs, emulation, origin_access, popups, session
from kubeshot_capture.browser import CaptureBrowser, Contexts
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.strips import prepare_decoders
from kubeshot_capture.supplies import Supplies
from kubeshot_capture.tab import Note, Tab
from kubeshot_contract.options import Media
from kubeshot_contract.spec import CaptureSpec, RequestOptions, URLSource

_MEDIA = {Media.SCREEN: "screen", Media.PRINT: "print"}

# What a service worker asks for passes by all blocking, and whether it is there in time is chance. Pages look whether
# there are any before they use them; Playwright's own way to block them breaks what uses the answer.
_NO_SERVICE_WORKERS = "delete Navigator.prototype.serviceWorker"


async def run(browser: CaptureBrowser, commission: Commission, note: Note, deadline: Deadline) -> Tab:
    """Start the browser and return its page; raise `CaptureError` for what the request asks and no browser can do.

    All that the page asks for goes through the capture's guard.
    """
    spec, block = commission.spec, commission.spec.prepare.block
    moment = None if spec.emulate.clock is None else clock.milliseconds(spec.emulate.clock)
    options = {
        **emulation.options(spec.emulate),
        **_session(spec.request, commission.supplies),
        "permissions": emulation.permissions(spec),
    }
    proxy = await commission.guard.open()
    started, lists, _ = await asyncio.gather(
        browser.start(commission.sandbox, deadline),
        blocking.read_lists(block, commission.assets, note),
        asyncio.to_thread(prepare_decoders),
    )
    window = emulation.window(spec.screen, browser.devices)
    context = await _context(started, {**window.options, **options, "proxy": {"server": proxy}})
    page = await _page(context, spec)
    page.on("crash", lambda _: browser.end("the page's renderer crashed"))
    tab = Tab(page, window.viewport, note, commission.guard)
    tab.mobile = bool(window.options.get("is_mobile"))
    if moment is not None:
        tab.clock = clock.PageClock(moment, clock.HORIZON_MS + spec.wait.delay_ms)
        await tab.clock.install(page)
    if moment is not None or not block.is_off:
        await page.add_init_script(_NO_SERVICE_WORKERS)
    if spec.emulate.media:
        await page.emulate_media(media=_MEDIA[spec.emulate.media])  # type: ignore[arg-type]
    if spec.fail_on.console_error:
        tab.console.listen(page)
    popups.close_popups(context, tab.tally)
    await dialogs.answer(page, spec.prepare.dialogs, tab.tally)
    await blocking.install(page, block, lists, tab.tally)
    await _introduce(page, spec, commission.supplies)
    return tab


def _session(request: RequestOptions, supplies: Supplies) -> dict[str, Any]:
    state = {} if supplies.storage_state is None else {"storage_state": session.read_state(supplies.storage_state)}
    return {"accept_downloads": False, "ignore_https_errors": request.ignore_https_errors, **state}


async def _context(browser: Contexts, options: dict[str, Any]) -> BrowserContext:
    try:
        return await browser.new_context(**options)
    except PlaywrightError as error:
        # All other options are checked before; only the session comes as it is.
        if "storage_state" not in options:
            raise
        raise session.not_a_state("the browser refuses a cookie or an origin in it") from error


async def _page(context: BrowserContext, spec: CaptureSpec) -> Page:
    try:
        return await context.new_page()
    except PlaywrightError as error:
        refusal = emulation.refusal(spec.emulate, error.message)
        raise refusal or error from error


async def _introduce(page: Page, spec: CaptureSpec, supplies: Supplies) -> None:
    """Give the page's own origin what it is asked with."""
    request = spec.request
    login = origin_access.login_of(request, supplies)
    if not (request.headers or request.cookies or login):
        return
    origin = await origin_access.origin_of(page, spec.source.url) if isinstance(spec.source, URLSource) else None
    await session.add_cookies(page.context, request.cookies, supplies, origin)
    if origin:
        await origin_access.grant(page, origin, origin_access.headers_of(request, supplies), login)
