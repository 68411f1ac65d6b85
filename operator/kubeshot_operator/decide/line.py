"""A line of requests, the one that has waited longest first."""

from bisect import bisect_left, insort
from datetime import datetime

from kubeshot_operator.api.model import Key


class Line:
    """A request's place follows from when it began to wait; it does not matter how often it joins."""

    def __init__(self) -> None:
        self._line: list[tuple[datetime, Key]] = []
        self._since: dict[Key, datetime] = {}

    def __len__(self) -> int:
        return len(self._line)

    def join(self, key: Key, since: datetime) -> int:
        """Have a request wait that began to at `since`; return how many are before it."""
        if self._since.get(key) != since:
            self.leave(key)
            self._since[key] = since
            insort(self._line, (since, key))
        return bisect_left(self._line, (since, key))

    def leave(self, key: Key) -> None:
        """Forget a request that waits no longer."""
        since = self._since.pop(key, None)
        if since is not None:
            del self._line[bisect_left(self._line, (since, key))]

    @property
    def oldest(self) -> datetime | None:
        """Since when the first waits, `None` when nobody does."""
        return self._line[0][0] if self._line else None

    def before(self, moment: datetime) -> int:
        """Return how many have waited since before a moment."""
        return bisect_left(self._line, moment, key=lambda entry: entry[0])

    def heads(self, count: int) -> tuple[Key, ...]:
        """Return the first so many."""
        return tuple(key for _, key in self._line[: max(0, count)])
