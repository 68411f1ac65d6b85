"""Asks the page. Its main thread may be busy for ever, or on its way to another document: then there is no answer."""

import asyncio

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page


class NoAnswerError(Exception):
    """The page did not answer in time, was replaced by another document while it was asked, or broke the question."""


class TooSlowError(NoAnswerError):
    """The page did not answer in time."""


# How Playwright speaks of a page, a renderer or a browser that is gone: no matter of waiting any more.
_GONE = ("has been closed", "crashed")


async def ask(page: Page, script: str, argument: object, seconds: float) -> object:
    """Return what a function returns inside the page; raise `TooSlowError` when that takes longer than `seconds`.

    A function that throws, or whose document is replaced, is a `NoAnswerError`. Playwright's own error comes through
    when there is no page any more.
    """
    try:
        async with asyncio.timeout(seconds):
            answer: object = await page.evaluate(script, argument)
            return answer
    except TimeoutError as error:
        raise TooSlowError(f"no answer within {seconds:.1f} s") from error
    except PlaywrightError as error:
        if any(sign in error.message for sign in _GONE):
            raise
        raise NoAnswerError(error.message) from error
