"""Does on the page what the request asks to do, one action after the other."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page, Request
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_capture.stages.wait import check_selector, first_line, until_true, until_visible
from kubeshot_capture.tab import Tab
from kubeshot_contract.actions import (
    Action,
    Click,
    Evaluate,
    Hover,
    Pause,
    Press,
    ScrollIntoView,
    ScrollTo,
    Select,
    Type,
    WaitForExpression,
    WaitForSelector,
)
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome

# For everything but waits, which may take what is left of the page's time.
ACTION_SECONDS = 5.0
# Once the page has done what an action set off, the browser says within this time that it leads to another document.
REACTION_SECONDS = 0.05
TURN_SECONDS = 1.0
LOAD_SECONDS = 10.0

_WORDS: Mapping[type[Action], str] = {
    Click: "click {selector}",
    Type: "type into {selector}",
    Press: "press {key}",
    Hover: "hover {selector}",
    Select: "select {value} in {selector}",
    ScrollTo: "scroll to {x}, {y}",
    ScrollIntoView: "scroll to {selector}",
    WaitForSelector: "wait for {selector}",
    WaitForExpression: "wait until {expression}",
    Pause: "wait {milliseconds} ms",
    Evaluate: "evaluate",
}

# What Playwright's log of a call says last, in words for people. The rest of such a line names the element in the way.
_HINDRANCES = (
    ("intercepts pointer events", "another element is over it"),
    ("element is not visible", "it is not visible"),
    ("element is not stable", "it keeps moving"),
    ("element is not enabled", "it is disabled"),
    ("element is not editable", "it is read-only"),
    ("element is outside of the viewport", "it is outside of the window"),
    ("did not find some options", "it has no such option"),
    ("locator resolved to", "it did not react"),
)

# A form is sent in a task of its own. The page's clock may stand still, so this is no timer.
_TURN = """() => new Promise(done => {
  const {port1, port2} = new MessageChannel();
  port1.onmessage = () => done();
  port2.postMessage(null);
})"""

Touch = Click | Type | Press | Hover | Select | ScrollIntoView


async def run(tab: Tab, actions: Sequence[Action], deadline: Deadline) -> Outcome:
    """Do all actions that there is time for; raise `CaptureError` for the first that can't be done."""
    for number, action in enumerate(actions, start=1):
        name = f"action {number} ({describe(action)})"
        if not deadline.left():
            tab.note(f"there was no time left for {name}")
            return Outcome.TIMED_OUT
        journey = _Journey(tab.page)
        try:
            hindrance = await _do(tab.page, action, deadline) or await journey.end(deadline)
        finally:
            journey.forget()
        if hindrance:
            reason = Reason.SCRIPT_FAILED if isinstance(action, Evaluate) else Reason.ACTION_FAILED
            raise CaptureError(reason, f"{name} failed: {hindrance}")
    return Outcome.SETTLED


def describe(action: Action) -> str:
    """Return an action in a few words."""
    return _WORDS[type(action)].format(**asdict(action))


def hindrance_in(message: str) -> str:
    """Return why Playwright could not act, from the message of its error."""
    if "Timeout" not in message:
        line = message.strip().partition("\n")[0]
        return (line.partition(": ")[2] or line).removeprefix("Error: ")
    # The last thing in the log that is about the element is what it waited for to the end.
    for line in reversed(message.splitlines()):
        for sign, words in _HINDRANCES:
            if sign in line:
                return words
    return "no element matches"


async def _do(page: Page, action: Action, deadline: Deadline) -> str | None:
    """Do one action; return why that was not possible."""
    seconds = min(ACTION_SECONDS, deadline.left())
    match action:
        case WaitForSelector(selector):
            return await until_visible(page, selector, deadline)
        case WaitForExpression(expression):
            return await until_true(page, expression, deadline)
        case Pause(milliseconds):
            await asyncio.sleep(min(milliseconds / 1000, deadline.left()))
            return None
        case ScrollTo(x, y):
            place = {"left": x, "top": y, "behavior": "instant"}
            return await _scripted(page, "place => window.scrollTo(place)", place, seconds)
        case Evaluate(expression):
            return await _scripted(page, expression, None, seconds)
        case _:
            return await _touched(page, action, seconds)


async def _scripted(page: Page, script: str, argument: object, seconds: float) -> str | None:
    try:
        await ask(page, script, argument, seconds)
    except NoAnswerError as error:
        # A script may lead to another document: then nobody is there to answer.
        return None if "context was destroyed" in str(error) else first_line(str(error))
    return None


async def _touched(page: Page, action: Touch, seconds: float) -> str | None:
    try:
        # Playwright's own limit comes first; pressing a key has none.
        async with asyncio.timeout(seconds + 1.0):
            await _touch(page, action, max(1.0, seconds * 1000))
    except TimeoutError:
        return f"the page did not react within {seconds:.1f} s"
    except PlaywrightTimeoutError as error:
        return f"{hindrance_in(error.message)}, after {seconds:.1f} s"
    except PlaywrightError as error:
        if page.is_closed() or "crashed" in error.message:
            raise
        if not isinstance(action, Press):
            check_selector(action.selector, error)
        return hindrance_in(error.message)
    return None


async def _touch(page: Page, action: Touch, timeout: float) -> None:
    if isinstance(action, Press):
        await page.keyboard.press(action.key)
        return
    # The first one, in the order of the document.
    element = page.locator(f"css={action.selector}").first
    match action:
        case Click():
            await element.click(timeout=timeout)
        case Type(_, text):
            await element.fill(text, timeout=timeout)
        case Hover():
            await element.hover(timeout=timeout)
        case Select(_, value):
            await element.select_option(value=value, timeout=timeout)
        case ScrollIntoView():
            await element.scroll_into_view_if_needed(timeout=timeout)


class _Journey:
    """Follows the page to another document, if that is where an action leads."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._under_way: Request | None = None
        self._moved = False
        page.on("request", self._begun)
        page.on("requestfailed", self._failed)
        page.on("framenavigated", self._arrived)

    async def end(self, deadline: Deadline) -> str | None:
        """Wait until the page is where it goes; return why it did not come there."""
        with suppress(NoAnswerError):
            await ask(self._page, _TURN, None, min(TURN_SECONDS, deadline.left()))
        await asyncio.sleep(min(REACTION_SECONDS, deadline.left()))
        seconds = deadline.left()
        while self._under_way and deadline.left():
            await asyncio.sleep(min(REACTION_SECONDS, deadline.left()))
        if self._under_way:
            return f"the page it leads to did not answer within {seconds:.1f} s"
        if self._moved:
            await self._loaded(deadline.within(LOAD_SECONDS))
        return None

    def forget(self) -> None:
        """Stop listening."""
        self._page.remove_listener("request", self._begun)
        self._page.remove_listener("requestfailed", self._failed)
        self._page.remove_listener("framenavigated", self._arrived)

    async def _loaded(self, deadline: Deadline) -> None:
        try:
            await self._page.wait_for_load_state("load", timeout=max(1.0, deadline.left() * 1000))
        except PlaywrightTimeoutError:
            # Settling looks at what still comes, and tells of it.
            return

    def _begun(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self._page.main_frame:
            self._under_way = request

    def _failed(self, request: Request) -> None:
        if request == self._under_way:
            self._under_way = None

    def _arrived(self, frame: Frame) -> None:
        if frame == self._page.main_frame:
            self._under_way, self._moved = None, True
