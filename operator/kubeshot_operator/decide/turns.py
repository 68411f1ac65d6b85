"""Whose turn it is: the namespaces that wait, the one that was served longest ago first.

This is deficit round robin where each start costs the same: a namespace that was passed over, because its own limits
were reached, is owed one turn and not more.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

# So many namespaces that do not wait may be remembered before they are looked through.
_SPARE = 64


class Turns:
    """A namespace that comes back has its old place: it gains nothing from having been away."""

    def __init__(self) -> None:
        self._ring: list[tuple[int, str]] = []
        self._served: dict[str, int] = {}
        self._count = 0

    def __iter__(self) -> Iterator[str]:
        return iter([namespace for _, namespace in self._ring])

    def recall(self, namespaces: Iterable[str]) -> None:
        """Take over the turns that were given by another operator, in their order."""
        waiting = [namespace for _, namespace in self._ring]
        for namespace in namespaces:
            self._count += 1
            self._served[namespace] = self._count
        self._ring = sorted(map(self._entry, waiting))

    def join(self, namespace: str) -> None:
        """Have a namespace wait."""
        entry = self._entry(namespace)
        place = bisect_left(self._ring, entry)
        if self._ring[place : place + 1] != [entry]:
            self._ring.insert(place, entry)

    def leave(self, namespace: str) -> None:
        """Have a namespace wait no longer."""
        self._ring.remove(self._entry(namespace))
        if len(self._served) > 2 * len(self._ring) + _SPARE:
            self._forget()

    def serve(self, namespace: str) -> None:
        """Take note of the turn of a namespace that waits."""
        self._ring.remove(self._entry(namespace))
        self._count += 1
        self._served[namespace] = self._count
        insort(self._ring, self._entry(namespace))

    def _entry(self, namespace: str) -> tuple[int, str]:
        return self._served.get(namespace, 0), namespace

    def _forget(self) -> None:
        """Forget those that come before all who wait: so they do as well when they are new."""
        first = self._ring[0][0] if self._ring else self._count + 1
        self._served = {namespace: turn for namespace, turn in self._served.items() if turn >= first}
