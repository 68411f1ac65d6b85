"""Answers the dialogs of a page, so that none of them blocks it."""

from contextlib import suppress

from playwright.async_api import Dialog, Page
from playwright.async_api import Error as PlaywrightError

from kubeshot_capture.tally import Tally
from kubeshot_contract.options import Dialogs

# So many are answered as the request says. A page that goes on asking is told no, which ends most loops.
ANSWERED = 3
# A script that asks until it likes the answer has no other end than an error. It can only come from inside: Chromium
# takes no order to end a script that waits for an answer.
PATIENCE = 50

_END_AT_LAST = """(most => {
  let asked = 0;
  for (const name of ['alert', 'confirm', 'prompt']) {
    const open = window[name];
    window[name] = (...words) => {
      if (++asked > most) throw new Error('the page opens one dialog after the other');
      return open.apply(window, words);
    };
  }
})(%d)"""


async def answer(page: Page, answers: Dialogs, tally: Tally) -> None:
    """Answer every dialog of this page from now on."""

    async def on_dialog(dialog: Dialog) -> None:
        tally.dialogs += 1
        # The page may be on its way to another document, and its dialog gone with it.
        with suppress(PlaywrightError):
            if answers is Dialogs.ACCEPT and tally.dialogs <= ANSWERED:
                await dialog.accept(dialog.default_value)
            else:
                await dialog.dismiss()

    page.on("dialog", on_dialog)
    await page.add_init_script(_END_AT_LAST % PATIENCE)
