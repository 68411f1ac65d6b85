"""What was granted and is not seen to run yet: it counts against every limit until it is, or is given up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.tally import Tally


@dataclass(frozen=True, slots=True)
class Grant:
    """What a request may have. `pod_uid` names the warm pod of a place; `spent` tells that its pod is being created."""

    waiter: Waiter
    pod_uid: str = ""
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A grant of which nobody knows whether it was used; by `until` it would have been seen."""

    grant: Grant
    until: datetime


class Grants:
    """Grants by request. Those that a pass has in hand are settled at its end; what comes later is for the next one."""

    def __init__(self) -> None:
        self.pods = 0
        """How many of them are pods."""
        self.captures = Tally()
        """Those of them that are captures."""
        self._grants: dict[Key, dict[Want, Grant]] = {}
        self._in_hand: dict[Key, set[Want]] = {}
        self._doubts: list[Doubt] = []

    def add(self, grant: Grant) -> None:
        """Count a grant."""
        self._grants.setdefault(grant.waiter.key, {})[grant.waiter.want] = grant
        self._count(grant, 1)

    def take_in_hand(self, key: Key) -> None:
        """Have a pass settle all that a request has been granted."""
        self._in_hand[key] = set(self._grants.get(key, ()))

    def use(self, waiter: Waiter) -> Grant | None:
        """Return what a request was granted of what it asks for, and have the pass settle it."""
        grant = self._grants.get(waiter.key, {}).get(waiter.want) or self._undoubted(waiter)
        if grant is None or not _is_for(grant, waiter):
            return None
        self._in_hand.setdefault(waiter.key, set()).add(waiter.want)
        return grant

    def take_back(self, waiter: Waiter) -> Grant | None:
        """Return what a request was granted before it changed, and count it no longer."""
        grant = self._grants.get(waiter.key, {}).pop(waiter.want, None)
        if grant is not None:
            self._count(grant, -1)
        return grant

    def spend(self, key: Key) -> None:
        """Take note that the pod is being created that the pass has in hand."""
        grants = self._grants.get(key, {})
        for want in self._in_hand.get(key, ()):
            if want.is_pod and want in grants:
                grants[want] = replace(grants[want], spent=True)

    def put_down(self, key: Key) -> tuple[Grant, ...]:
        """Return what a pass had in hand, and count it no longer."""
        grants = self._grants.get(key, {})
        settled = tuple(grants.pop(want) for want in self._in_hand.pop(key, ()) if want in grants)
        if not grants:
            self._grants.pop(key, None)
        for grant in settled:
            self._count(grant, -1)
        return settled

    def doubt(self, grant: Grant, until: datetime) -> None:
        """Count a grant that was put down for a while longer."""
        self._doubts.append(Doubt(grant, until))
        self._count(grant, 1)

    def settle(self, waiter: Waiter) -> None:
        """Drop the doubts of a request that got by now what it waited for."""
        self._drop([doubt for doubt in self._doubts if _is_same(doubt.grant.waiter, waiter)])

    def forget_doubts(self, now: datetime, longest: timedelta) -> None:
        """Drop the doubts whose time has come; none has longer to go, though the clock was set back."""
        if self._doubts:
            self._drop([doubt for doubt in self._doubts if doubt.until <= now])
            self._doubts = [replace(doubt, until=min(doubt.until, now + longest)) for doubt in self._doubts]

    def promised_to(self, pod_uid: str) -> int:
        """Return how many requests are on their way to a warm pod. Whoever is in doubt tries the same once more."""
        doubted = (doubt.grant for doubt in self._doubts)
        return sum(grant.pod_uid == pod_uid for grant in (*self._all(), *doubted))

    def making(self, pool: Pool, key: Key) -> int:
        """Return how many warm pods of a pool were granted to others than a request."""
        waiters = (grant.waiter for grant in self._all())
        return sum(it.want is Want.WARM_POD and it.lane.pool == pool and it.key != key for it in waiters)

    def _all(self) -> Iterator[Grant]:
        return (grant for grants in self._grants.values() for grant in grants.values())

    def _undoubted(self, waiter: Waiter) -> Grant | None:
        """Return a grant that was in doubt: the request tries the same again."""
        found = next((doubt for doubt in self._doubts if _is_same(doubt.grant.waiter, waiter)), None)
        if found is not None and _is_for(found.grant, waiter):
            self._drop([found])
            self.add(found.grant)
            return found.grant
        return None

    def _drop(self, doubts: list[Doubt]) -> None:
        for doubt in doubts:
            self._doubts.remove(doubt)
            self._count(doubt.grant, -1)

    def _count(self, grant: Grant, change: int) -> None:
        if grant.waiter.want.is_pod:
            self.pods += change
        if grant.waiter.want.is_capture:
            count = self.captures.add if change > 0 else self.captures.remove
            count(grant.waiter.share)


def _is_same(one: Waiter, other: Waiter) -> bool:
    return (one.key, one.want) == (other.key, other.want)


def _is_for(grant: Grant, waiter: Waiter) -> bool:
    """Say whether a grant is of what is asked for; the request may have changed since."""
    return grant.waiter.share == waiter.share
