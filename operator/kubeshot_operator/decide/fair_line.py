"""All requests that wait: namespaces take turns, and within one the priority counts, then the age."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.lane import Lane, LaneLine, Waiter, Want
from kubeshot_operator.decide.line import Standing
from kubeshot_operator.decide.turns import Turns


class Gates(Protocol):
    """What is open: that is asked for each lane if anything is, and for a host only where the lane is open."""

    def any_is_open(self) -> bool: ...
    def lane_is_open(self, lane: Lane) -> bool: ...
    def host_is_open(self, class_name: str, host: str) -> bool: ...


class FairLine:
    """No answer takes longer for the number of requests, only for that of namespaces and classes."""

    def __init__(self) -> None:
        self._turns = Turns()
        self._lanes: dict[str, dict[Lane, LaneLine]] = {}
        self._waiters: dict[Key, dict[Want, Waiter]] = {}
        self._for_pods: Counter[str] = Counter()

    def recall(self, namespaces: Iterable[str]) -> None:
        """Take over that namespaces had their turns, in this order, when another operator led."""
        self._turns.recall(namespaces)

    def join(self, waiter: Waiter) -> None:
        """Have a request wait, in the place of what it waited for in the same way before."""
        known = self._waiters.get(waiter.key, {}).get(waiter.want)
        if known == waiter:
            return
        if known is not None:
            self._drop(known)
        self._waiters.setdefault(waiter.key, {})[waiter.want] = waiter
        self._turns.join(waiter.share.namespace)
        self._for_pods[waiter.share.namespace] += waiter.want.is_pod
        lanes = self._lanes.setdefault(waiter.share.namespace, {})
        lanes.setdefault(waiter.lane, LaneLine()).join(waiter)

    def waits_for(self, key: Key) -> tuple[Waiter, ...]:
        """Return what a request waits for."""
        return tuple(self._waiters.get(key, {}).values())

    def leave(self, waiter: Waiter) -> None:
        """Have a request that waits do so no longer."""
        self._drop(waiter)

    def serve(self, waiter: Waiter) -> None:
        """Give a request what it waits for; its namespace goes behind all others."""
        self._turns.serve(waiter.share.namespace)
        self._drop(waiter)

    def first(self, gates: Gates) -> Waiter | None:
        """Return whose turn it is among those for whom the gates are open."""
        if not gates.any_is_open():
            return None
        for namespace in self._turns:
            found = [
                (standing, lane.want)
                for lane, line in self._lanes[namespace].items()
                if gates.lane_is_open(lane) and (standing := _first(lane, line, gates))
            ]
            if found:
                (_, _, key), want = min(found, key=lambda each: each[0])
                return self._waiters[key][want]
        return None

    def is_waiting(self, waiter: Waiter) -> bool:
        """Say whether a request waits for the same in the same pool as then."""
        known = self._waiters.get(waiter.key, {}).get(waiter.want)
        return known is not None and known.lane == waiter.lane

    def namespaces(self) -> Iterator[str]:
        """Yield the namespaces that wait, in the order of their turns."""
        return iter(self._turns)

    def lanes_of(self, namespace: str) -> dict[Lane, LaneLine]:
        """Return what a namespace waits for."""
        return self._lanes.get(namespace, {})

    def lane(self, lane: Lane) -> LaneLine:
        """Return the requests of one lane."""
        return self._lanes.get(lane.pool.namespace, {}).get(lane) or LaneLine()

    def place(self, waiter: Waiter) -> int:
        """Return the place of a request that waits, from 1. A warm pod serves one lane; for pods all take turns."""
        lane = waiter.lane
        own = self.lane(lane).all.place(waiter.standing)
        if not lane.want.is_pod:
            return own + 1
        place = own + 1
        is_before = True
        for namespace in self._turns:
            if namespace == waiter.share.namespace:
                is_before = False
                continue
            place += min(self._for_pods[namespace], own + is_before)
        return place

    def _drop(self, waiter: Waiter) -> None:
        namespace = waiter.share.namespace
        wants, lanes = self._waiters[waiter.key], self._lanes[namespace]
        del wants[waiter.want]
        self._for_pods[namespace] -= waiter.want.is_pod
        if not wants:
            del self._waiters[waiter.key]
        lanes[waiter.lane].leave(waiter)
        if not lanes[waiter.lane].all:
            del lanes[waiter.lane]
        if not lanes:
            del self._lanes[namespace], self._for_pods[namespace]
            self._turns.leave(namespace)


def _first(lane: Lane, line: LaneLine, gates: Gates) -> Standing | None:
    return line.first(lambda host: gates.host_is_open(lane.pool.class_name, host))
