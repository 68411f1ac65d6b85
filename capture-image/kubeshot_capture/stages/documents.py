"""Makes documents of a page: a PDF, one HTML file, or Chromium's own MHTML."""

import asyncio
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.material import Document
from kubeshot_capture.stages.self_contained import self_contained
from kubeshot_capture.tab import Tab
from kubeshot_contract.fields import Fields
from kubeshot_contract.options import Format
from kubeshot_contract.output import DEFAULT_PDF, Output, PDFOptions
from kubeshot_contract.reasons import Reason

# What Chromium says of options that ask for nothing: headless/lib/browser and components/printing of its source.
_BAD_PDF_OPTIONS = {
    "exceeds page count": "pdf.pages names pages after the last one",
    "Page range": "pdf.pages must count from 1 upwards, such as 1-3, 5",
    "content area is empty": "pdf.margin leaves no room on the paper",
}


async def run(tab: Tab, output: Output, folder: Path, deadline: Deadline) -> Document:
    """Return the document that the output asks for, in a file of this folder; raise `CaptureError` when it can't be."""
    path = folder / f"{output.name}.{output.format.extension}"
    seconds = deadline.left()
    try:
        async with asyncio.timeout(seconds):
            path.write_bytes(await _content(tab, output))
    except TimeoutError as error:
        message = f"the document {output.name} was not made within {seconds:.1f} s"
        raise CaptureError(Reason.DEADLINE_EXCEEDED, message) from error
    return Document(output, path)


async def _content(tab: Tab, output: Output) -> bytes:
    if output.format is Format.PDF:
        return await _pdf(tab.page, output.pdf or DEFAULT_PDF)
    if output.format is Format.HTML:
        return (await self_contained(tab.page)).encode()
    session = await tab.session()
    snapshot = Fields(await session.send("Page.captureSnapshot", {"format": "mhtml"}))
    return snapshot.text("data", most=1 << 30).encode()


async def _pdf(page: Page, options: PDFOptions) -> bytes:
    """Print the page, for print media unless the context says another."""
    margin = options.margin
    try:
        return await page.pdf(
            format=options.paper.value,
            landscape=options.landscape,
            print_background=options.print_background,
            scale=options.scale,
            margin={"top": margin, "right": margin, "bottom": margin, "left": margin},
            page_ranges=options.pages,
        )
    except PlaywrightError as error:
        for words, complaint in _BAD_PDF_OPTIONS.items():
            if words in error.message:
                raise CaptureError(Reason.INVALID_REQUEST, complaint) from error
        raise
