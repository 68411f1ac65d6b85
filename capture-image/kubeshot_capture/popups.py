"""Closes the windows that a page opens: only the page itself is in the picture."""

from contextlib import suppress

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.tally import Tally


def close_popups(context: BrowserContext, tally: Tally) -> None:
    """Close every further page of this context at once."""

    async def on_page(popup: Page) -> None:
        tally.windows += 1
        # It may have closed itself.
        with suppress(PlaywrightError):
            await popup.close()

    context.on("page", on_page)
