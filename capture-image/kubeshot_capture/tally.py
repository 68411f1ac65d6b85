"""Counts what the capture did to a page by itself, so that a person can be told."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """How many dialogs were answered, windows closed and requests blocked so far."""

    dialogs: int = 0
    windows: int = 0
    blocked: int = 0

    def sentences(self) -> Iterator[str]:
        """Yield a sentence for everything that happened at all."""
        if self.dialogs:
            yield f"the page opened {_count(self.dialogs, 'dialog')}, which {_were(self.dialogs)} answered"
        if self.windows:
            yield f"the page opened {_count(self.windows, 'window')}, which {_were(self.windows)} closed"
        if self.blocked:
            yield f"{_count(self.blocked, 'request')} {_were(self.blocked)} blocked"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
