"""Waits for what the user asked to wait for."""

import asyncio

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages.script import NoAnswerError, TooSlowError, ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.options import OnTimeout
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome
from kubeshot_contract.spec import WaitRule

POLL_SECONDS = 0.1

# The new line ends a comment.
_IS_TRUE = """async () => {{
  const value = ({expression}
  );
  return Boolean(await (typeof value === 'function' ? value() : value));
}}"""

# What Playwright's own parser and the browser's say of a selector that is none.
_BAD_SELECTOR = ("while parsing css selector", "is not a valid selector")


async def run(tab: Tab, rule: WaitRule, deadline: Deadline) -> Outcome:
    """Wait for selector, expression and delay, one after the other, by one deadline.

    What did not come in time is told in a note, or raised as `CaptureError` when that is to fail.
    """
    if not (rule.selector or rule.expression or rule.delay_ms):
        return Outcome.SKIPPED
    missed = await _missed(tab.page, rule, deadline)
    if missed is None:
        return Outcome.SETTLED
    reason, complaint = missed
    if rule.on_timeout is OnTimeout.FAIL:
        raise CaptureError(reason, complaint)
    tab.note(complaint)
    return Outcome.TIMED_OUT


async def until_visible(page: Page, selector: str, deadline: Deadline) -> str | None:
    """Return why no match of a selector was visible in time, `None` when one is; raise `CaptureError` for a bad one."""
    seconds = deadline.left()
    try:
        visible = page.locator(f"css={selector}").filter(visible=True)
        await visible.first.wait_for(timeout=max(1.0, seconds * 1000))
    except PlaywrightTimeoutError:
        return f"nothing that {selector} matches was visible within {seconds:.1f} s"
    except PlaywrightError as error:
        check_selector(selector, error)
        raise
    return None


async def until_true(page: Page, expression: str, deadline: Deadline) -> str | None:
    """Return why an expression was not true in time, with the last error if it threw; `None` when it is true."""
    seconds = deadline.left()
    script = _IS_TRUE.format(expression=expression.rstrip().rstrip(";"))
    last = ""
    while True:
        try:
            if await ask(page, script, None, max(POLL_SECONDS, deadline.left())):
                return None
            last = "it stayed false"
        except TooSlowError as error:
            # The last question may have had next to no time: what the page said before tells more.
            last = last or str(error)
        except NoAnswerError as error:
            last = first_line(str(error))
        if not deadline.left():
            return f"{expression} was not true within {seconds:.1f} s: {last}"
        await asyncio.sleep(min(POLL_SECONDS, deadline.left()))


def check_selector(selector: str, error: PlaywrightError) -> None:
    """Raise `CaptureError` when the error is about the selector itself."""
    if any(sign in error.message for sign in _BAD_SELECTOR):
        raise CaptureError(Reason.INVALID_REQUEST, f"{selector} is not a CSS selector") from error


def first_line(message: str) -> str:
    """Return what an error says, without Playwright's name for the call and without the stack."""
    line = message.strip().partition("\n")[0]
    return line.removeprefix("Page.evaluate: ")


async def _missed(page: Page, rule: WaitRule, deadline: Deadline) -> tuple[Reason, str] | None:
    if rule.selector and (complaint := await until_visible(page, rule.selector, deadline)):
        return Reason.SELECTOR_NOT_FOUND, f"wait.selector: {complaint}"
    if rule.expression and (complaint := await until_true(page, rule.expression, deadline)):
        return Reason.NOT_SETTLED, f"wait.expression: {complaint}"
    seconds = rule.delay_ms / 1000
    if seconds > (left := deadline.left()):
        await asyncio.sleep(left)
        return Reason.NOT_SETTLED, f"wait.delay: of {seconds:g} s only {left:.1f} s were left"
    await asyncio.sleep(seconds)
    return None
