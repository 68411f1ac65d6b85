"""When each key is due: a set of ready keys, a heap of later ones, and a backoff for those that failed."""

import heapq
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from kubeshot_operator.runtime.ready import Ready

KeyT = TypeVar("KeyT", bound=Hashable)

FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 60.0

# So many outdated plans may lie about before they are looked for.
_SPARE = 64


class Schedule(Generic[KeyT]):
    """Times are seconds of any clock that never goes back. A key is handed out to one taker at a time."""

    def __init__(self, group_of: Callable[[KeyT], Hashable] = lambda _: None) -> None:
        """Have groups of keys take turns."""
        self._ready = Ready(group_of)
        self._due: dict[KeyT, float] = {}
        self._heap: list[tuple[float, int, KeyT]] = []
        self._taken: set[KeyT] = set()
        self._again: dict[KeyT, float] = {}
        self._first: set[KeyT] = set()
        self._failures: dict[KeyT, int] = {}
        self._pushes = 0

    def add(self, key: KeyT, now: float, rank: int = 0) -> None:
        """Make a key ready; one that is taken becomes ready when its taker is done, with whatever rank."""
        if key in self._taken:
            self._again.setdefault(key, now)
        else:
            self._ready.add(key, now, rank)

    def add_first(self, key: KeyT, now: float) -> None:
        """Make a key ready before all others."""
        if key in self._taken:
            self._again.setdefault(key, now)
            self._first.add(key)
        else:
            self._ready.add_first(key, now)

    def add_at(self, key: KeyT, due: float) -> None:
        """Make a key ready at `due`, instead of at the time planned before."""
        self._due[key] = due
        self._pushes += 1
        heapq.heappush(self._heap, (due, self._pushes, key))
        if len(self._heap) > 2 * len(self._due) + _SPARE:
            self._drop_outdated()

    def take(self, now: float) -> tuple[KeyT, float] | None:
        """Return the key whose turn it is and for how many seconds it has waited, `None` when there is none."""
        self._ripen(now)
        popped = self._ready.pop()
        if popped is None:
            return None
        key, since = popped
        self._taken.add(key)
        return key, now - since

    def done(self, key: KeyT) -> None:
        """Give a key back after a pass that went well."""
        self._failures.pop(key, None)
        self._give_back(key)

    def failed(self, key: KeyT, now: float) -> float:
        """Give a key back after a pass that broke off; return the seconds until it is ready again."""
        count = self._failures.get(key, 0)
        self._failures[key] = count + 1
        delay = min(FIRST_BACKOFF * 2.0 ** min(count, 10), LONGEST_BACKOFF)
        self._again.pop(key, None)
        self._give_back(key)
        self.add_at(key, now + delay)
        return delay

    def forget(self, key: KeyT) -> None:
        """Drop what was planned for a key that is no longer there."""
        self._due.pop(key, None)
        self._failures.pop(key, None)

    def next_due(self) -> float | None:
        """Return when the next later key is ready, `None` when there is none."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def head_age(self, now: float) -> float:
        """Return for how many seconds that ready key has waited which waits longest, 0 when none waits."""
        oldest = self._ready.oldest()
        return 0.0 if oldest is None else now - oldest

    @property
    def taken(self) -> int:
        """How many keys are in the hands of takers."""
        return len(self._taken)

    def __len__(self) -> int:
        return len(self._ready)

    def _give_back(self, key: KeyT) -> None:
        self._taken.discard(key)
        since, is_first = self._again.pop(key, None), key in self._first
        self._first.discard(key)
        if since is not None:
            add = self._ready.add_first if is_first else self._ready.add
            add(key, since)

    def _drop_outdated(self) -> None:
        """Forget plans that were replaced: those of a day ahead would stay for a day, one for each pass."""
        self._heap = [(due, number, key) for due, number, key in self._heap if self._due.get(key) == due]
        heapq.heapify(self._heap)

    def _ripen(self, now: float) -> None:
        while (due := self.next_due()) is not None and due <= now:
            _, _, key = heapq.heappop(self._heap)
            del self._due[key]
            self.add(key, due)
