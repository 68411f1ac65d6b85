"""Asks the page. Its main thread may be busy for ever, or on its way to another document: then there is no answer."""

import asyncio

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page


class NoAnswerError(Exception):
    """The page did not answer in time, or was replaced by another document while it was asked."""


async def ask(page: Page, script: str, argument: object, seconds: float) -> object:
    """Return what a function returns inside the page; raise `NoAnswerError` when there is no answer in time."""
    try:
        async with asyncio.timeout(seconds):
            answer: object = await page.evaluate(script, argument)
            return answer
    except TimeoutError as error:
        raise NoAnswerError(f"no answer within {seconds:.1f} s") from error
    except PlaywrightError as error:
        raise NoAnswerError(error.message) from error
