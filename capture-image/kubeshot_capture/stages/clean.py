"""Takes away what nobody wants in the picture, and does what the request asks to do."""

import asyncio
from contextlib import suppress

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages import actions, styling
from kubeshot_capture.stages.script import NoAnswerError
from kubeshot_capture.tab import Tab
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome
from kubeshot_contract.spec import Preparation

POLL_SECONDS = 0.02
# For a banner that was found: most are answered by one click, half a second after they opened.
BANNER_SECONDS = 2.0
# For one that is still open when the page has settled: some have to be led through their settings.
LATE_BANNER_SECONDS = 4.0


async def run(tab: Tab, prepare: Preparation, deadline: Deadline) -> Outcome:
    """Clean the page, then run the actions; raise `CaptureError` for an action that can't be done."""
    begun = tab.banners.changes
    # A banner may be over what is to be clicked. Without actions it is enough that it goes while the page settles.
    while prepare.actions and tab.banners.unknown and deadline.left():
        await asyncio.sleep(POLL_SECONDS)
    await _await_banners(tab, deadline.within(BANNER_SECONDS))
    if not (prepare.actions or styling.is_asked(prepare)):
        return Outcome.SETTLED if tab.banners.changes > begun else Outcome.SKIPPED
    # A page that doesn't answer now is asked again before its picture, and then has to.
    with suppress(NoAnswerError):
        await styling.run(tab, prepare, max(POLL_SECONDS, deadline.left()))
    return await actions.run(tab, prepare.actions, deadline)


async def finish_banners(tab: Tab, deadline: Deadline) -> None:
    """Wait for the banners that opened while the page settled."""
    while tab.banners.unknown and deadline.left():
        await asyncio.sleep(POLL_SECONDS)
    await _await_banners(tab, deadline.within(LATE_BANNER_SECONDS))
    if tab.banners.pending:
        tab.note("a cookie banner was not answered in time")


async def cover(tab: Tab, prepare: Preparation, deadline: Deadline) -> None:
    """Apply hide, remove, mask and styles to what came since; raise `CaptureError` when that is not possible.

    What is masked must never be in a picture.
    """
    try:
        await styling.run(tab, prepare, deadline.left())
    except NoAnswerError as error:
        raise CaptureError(
            Reason.DEADLINE_EXCEEDED, f"the page did not take what prepare hides, removes, masks and styles: {error}"
        ) from error


async def _await_banners(tab: Tab, deadline: Deadline) -> None:
    while tab.banners.pending and deadline.left():
        await asyncio.sleep(min(POLL_SECONDS, deadline.left()))
