"""A line of requests: those of a higher priority first, and among them the one that has waited longest."""

from bisect import bisect_left, insort
from datetime import datetime

from kubeshot_operator.api.model import Key

Standing = tuple[int, datetime, Key]
"""Where a request stands: its priority below zero, since when it waits, and what it is."""


class Line:
    """A request's place follows from its standing; it does not matter when it joins."""

    def __init__(self) -> None:
        self._line: list[Standing] = []

    def __len__(self) -> int:
        return len(self._line)

    def join(self, standing: Standing) -> None:
        """Have a request wait that does not yet."""
        insort(self._line, standing)

    def leave(self, standing: Standing) -> None:
        """Have a request wait no longer."""
        del self._line[bisect_left(self._line, standing)]

    def place(self, standing: Standing) -> int:
        """Return how many are before a request."""
        return bisect_left(self._line, standing)

    @property
    def first(self) -> Standing | None:
        """The first, `None` when nobody waits."""
        return self._line[0] if self._line else None

    def heads(self, count: int) -> tuple[Standing, ...]:
        """Return the first so many."""
        return tuple(self._line[: max(0, count)])
