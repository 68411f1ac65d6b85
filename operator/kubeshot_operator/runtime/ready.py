"""Which key is looked at next: those whose turn has come, then group by group: a burst of one delays no other."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


class Ready(Generic[KeyT]):
    """Keys with the time since when they are ready. A key is in it once."""

    def __init__(self, group_of: Callable[[KeyT], Hashable]) -> None:
        self._group_of = group_of
        self._first: OrderedDict[KeyT, float] = OrderedDict()
        self._groups: OrderedDict[Hashable, OrderedDict[KeyT, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._first) + sum(map(len, self._groups.values()))

    def add(self, key: KeyT, since: float) -> None:
        """Add a key behind those of its group."""
        if key not in self._first:
            self._groups.setdefault(self._group_of(key), OrderedDict()).setdefault(key, since)

    def add_first(self, key: KeyT, since: float) -> None:
        """Add a key before all groups, or bring it there."""
        known = self._remove(key)
        self._first.setdefault(key, since if known is None else known)

    def pop(self) -> KeyT | None:
        """Take out the key whose turn it is, `None` when there is none."""
        if self._first:
            return self._first.popitem(last=False)[0]
        if not self._groups:
            return None
        group, keys = next(iter(self._groups.items()))
        key, _ = keys.popitem(last=False)
        self._groups.move_to_end(group)
        if not keys:
            del self._groups[group]
        return key

    def oldest(self) -> float | None:
        """Return since when the one is ready that has waited longest, `None` when there is none."""
        lines = (line for line in (self._first, *self._groups.values()) if line)
        return min((next(iter(line.values())) for line in lines), default=None)

    def _remove(self, key: KeyT) -> float | None:
        group = self._group_of(key)
        keys = self._groups.get(group)
        since = None if keys is None else keys.pop(key, None)
        if keys is not None and not keys:
            del self._groups[group]
        return since
