"""Waiting for something to become true, with an end and a reason."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

INTERVAL = 0.4


def eventually(
    condition: Callable[[], Value], *, within: float, what: str = "the condition holds", interval: float = INTERVAL
) -> Value:
    """Return the condition's first true value; fail when there is none in so many seconds.

    An AssertionError in the condition counts as not yet, and the last one is told.
    """
    end = time.monotonic() + within
    pause = threading.Event()
    while True:
        last: object = None
        try:
            if value := condition():
                return value
            last = value
        except AssertionError as error:
            last = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s: {what}; last: {last}")
        pause.wait(interval)
