"""Answers the dialogs of a page, so that none of them blocks it."""

from contextlib import suppress

from playwright.async_api import Dialog, Page
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.tally import Tally
from kubeshot_contract.options import Dialogs

# So many are answered as the request says. A page that goes on asking is told no, which ends most loops.
ANSWERED = 3
# A script that asks until it likes the answer has no other end.
PATIENCE = 50


def answer(page: Page, answers: Dialogs, tally: Tally) -> None:
    """Answer every dialog of this page from now on."""

    async def on_dialog(dialog: Dialog) -> None:
        tally.dialogs += 1
        # The page may be on its way to another document, and its dialog gone with it.
        with suppress(PlaywrightError):
            if tally.dialogs > PATIENCE:
                await _end_script(page)
            if answers is Dialogs.ACCEPT and tally.dialogs <= ANSWERED:
                await dialog.accept(dialog.default_value)
            else:
                await dialog.dismiss()

    page.on("dialog", on_dialog)


async def _end_script(page: Page) -> None:
    session = await page.context.new_cdp_session(page)
    await session.send("Runtime.terminateExecution")
    await session.detach()
