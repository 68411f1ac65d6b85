"""Makes a fresh context with one empty page, as the request wants it."""

from kubeshot_capture.browser import BrowserProcess
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.supplies import Supplies
from kubeshot_capture.tab import Note, Tab
from kubeshot_contract.options import Sandbox
from kubeshot_contract.spec import DEFAULT_VIEWPORT, CaptureSpec, Device


async def run(
    browser: BrowserProcess, sandbox: Sandbox, spec: CaptureSpec, supplies: Supplies, note: Note, deadline: Deadline
) -> Tab:
    """Start the browser and return its page; raise `CaptureError` for what the request asks and no browser can do."""
    started = await browser.start(sandbox, deadline)
    viewport = DEFAULT_VIEWPORT if isinstance(spec.screen, Device) else spec.screen
    context = await started.new_context(
        viewport={"width": viewport.width, "height": viewport.height},
        device_scale_factor=viewport.scale,
        accept_downloads=False,
    )
    page = await context.new_page()
    page.on("crash", lambda _: browser.end("the page's renderer crashed"))
    return Tab(page, viewport, note)
