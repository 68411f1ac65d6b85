"""Which key is looked at next: those whose turn has come, then group by group: a burst of one delays no other."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


class Ready(Generic[KeyT]):
    """Keys with the time since when they are ready. A key is in it once."""

    def __init__(self, group_of: Callable[[KeyT], Hashable]) -> None:
        self._group_of = group_of
        self._first: OrderedDict[KeyT, float] = OrderedDict()
        self._groups: OrderedDict[Hashable, _Group[KeyT]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._first) + sum(map(len, self._groups.values()))

    def add(self, key: KeyT, since: float, rank: int = 0) -> None:
        """Add a key behind those of its group that have this rank or a lower one."""
        if key not in self._first:
            self._groups.setdefault(self._group_of(key), _Group()).add(key, since, rank)

    def add_first(self, key: KeyT, since: float) -> None:
        """Add a key before all groups, or bring it there."""
        known = self._remove(key)
        self._first.setdefault(key, since if known is None else known)

    def pop(self) -> tuple[KeyT, float] | None:
        """Take out the key whose turn it is; return it and since when it was ready, `None` when there is none."""
        if self._first:
            return self._first.popitem(last=False)
        if not self._groups:
            return None
        group, keys = next(iter(self._groups.items()))
        popped = keys.pop()
        self._groups.move_to_end(group)
        if not keys:
            del self._groups[group]
        return popped

    def oldest(self) -> float | None:
        """Return since when the one is ready that has waited longest, `None` when there is none."""
        lines = [self._first] if self._first else []
        lines.extend(line for group in self._groups.values() for line in group)
        return min((next(iter(line.values())) for line in lines), default=None)

    def _remove(self, key: KeyT) -> float | None:
        group = self._group_of(key)
        keys = self._groups.get(group)
        since = None if keys is None else keys.remove(key)
        if keys is not None and not keys:
            del self._groups[group]
        return since


class _Group(Generic[KeyT]):
    """The keys of a group, in a line for each rank; the lowest rank goes first."""

    def __init__(self) -> None:
        self._lines: dict[int, OrderedDict[KeyT, float]] = {}
        self._rank_of: dict[KeyT, int] = {}

    def __len__(self) -> int:
        return len(self._rank_of)

    def __iter__(self) -> Iterator[OrderedDict[KeyT, float]]:
        return iter(self._lines.values())

    def add(self, key: KeyT, since: float, rank: int) -> None:
        """Add a key that is not in it."""
        if key not in self._rank_of:
            self._rank_of[key] = rank
            self._lines.setdefault(rank, OrderedDict())[key] = since

    def pop(self) -> tuple[KeyT, float]:
        """Take out the first key of the lowest rank; return it and since when it was ready."""
        rank = min(self._lines)
        key, since = self._lines[rank].popitem(last=False)
        self._forget(key, rank)
        return key, since

    def remove(self, key: KeyT) -> float | None:
        """Take out a key; return since when it was ready, `None` if it was not."""
        rank = self._rank_of.get(key)
        if rank is None:
            return None
        since = self._lines[rank].pop(key)
        self._forget(key, rank)
        return since

    def _forget(self, key: KeyT, rank: int) -> None:
        del self._rank_of[key]
        if not self._lines[rank]:
            del self._lines[rank]
