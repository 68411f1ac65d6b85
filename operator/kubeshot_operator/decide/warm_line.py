"""Who gets which request: the requests of each pool wait in a line, oldest first, for warm pods that have room."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.decide.line import Line
from kubeshot_operator.decide.observation import ClaimGranted, ClaimHeld, GoesAlone, PodWanted, Turn
from kubeshot_operator.decide.pool import PoolSeen, held_up, is_broken, missing_pods, serves

# Where two pools are as old as each other, their pods would end for one another all the time.
YIELD_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Promise:
    """A request is on its way to a warm pod."""

    pool: Pool
    pod_uid: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A warm pod asks for work now, and takes `free` captures."""

    pool: Pool
    free: int


class WarmLine:
    """The lines of all pools, the pods that ask for work, and what was promised to them but is not written yet.

    A promise, and a pod that is being made, count until the pass that they belong to is over.
    """

    def __init__(self) -> None:
        self._lines: dict[Pool, Line] = {}
        self._pool_of: dict[Key, Pool] = {}
        self._offers: dict[str, Offer] = {}
        self._promised: dict[Key, Promise] = {}
        self._making: dict[Key, Pool] = {}

    def offer(self, pod_uid: str, offer: Offer) -> tuple[Key, ...]:
        """Take in that a pod asks for work; return the requests at the head of its line that could have it."""
        self._offers[pod_uid] = offer
        return self.next_up(offer.pool)

    def withdraw(self, pod_uid: str) -> None:
        """Forget that a pod asked for work."""
        self._offers.pop(pod_uid, None)

    def promised_to(self, pod_uid: str) -> int:
        """Return how many requests are on their way to a pod."""
        return sum(promise.pod_uid == pod_uid for promise in self._promised.values())

    def ask(self, key: Key, since: datetime, pod_name: str, seen: PoolSeen) -> Turn:
        """Return what a request may do that has waited `since` then.

        `pod_name` is that of the pod that may be created on its account.
        """
        if is_broken(seen):
            self.leave(key)
            return GoesAlone()
        place = self._join(key, since, seen.pool)
        asking = self._asking(seen)
        if place < sum(self._free(pod.uid) for pod in asking):
            self.leave(key)
            # The roomiest, so that the work is spread.
            roomy = max(asking, key=lambda pod: self._free(pod.uid))
            self._promised[key] = Promise(seen.pool, roomy.uid)
            self._take(roomy.uid, 1)
            return ClaimGranted(roomy)
        making = sum(pool == seen.pool for pool in self._making.values())
        missing = missing_pods(seen, self.waiting(seen.pool))
        if making < missing and all(pod.name != pod_name for pod in seen.pods):
            self._making[key] = seen.pool
            return PodWanted()
        return _held(seen, place)

    def release(self, key: Key, *, used: bool) -> tuple[Key, ...]:
        """Forget what was promised to a request, and return who could have it if it was not used."""
        self._making.pop(key, None)
        promise = self._promised.pop(key, None)
        if promise is None or used:
            return ()
        self._take(promise.pod_uid, -1)
        return self.next_up(promise.pool)

    def leave(self, key: Key) -> Pool | None:
        """Forget a request that waits no longer; return what it waited for."""
        pool = self._pool_of.pop(key, None)
        if pool is not None:
            self._lines[pool].leave(key)
            if not self._lines[pool]:
                del self._lines[pool]
        return pool

    def is_waiting(self, key: Key) -> bool:
        """Say whether a request waits for a warm pod."""
        return key in self._pool_of

    def next_up(self, pool: Pool) -> tuple[Key, ...]:
        """Return the requests at the head of a pool's line that a pod has room for now."""
        return self.heads(pool, sum(self._free(uid) for uid, offer in self._offers.items() if offer.pool == pool))

    def heads(self, pool: Pool, count: int) -> tuple[Key, ...]:
        """Return the first so many that wait for a pool."""
        return self._lines[pool].heads(count) if pool in self._lines else ()

    def patience(self, pool: Pool) -> datetime | None:
        """Return since when others must wait for a pod of a pool to end for them, `None` if it has nothing to do."""
        oldest = self._lines[pool].oldest if pool in self._lines else None
        return None if oldest is None else oldest - YIELD_AFTER

    def waiting(self, pool: Pool) -> int:
        """Return how many wait for a pool."""
        return len(self._lines[pool]) if pool in self._lines else 0

    def _join(self, key: Key, since: datetime, pool: Pool) -> int:
        if self._pool_of.get(key) != pool:
            self.leave(key)
            self._pool_of[key] = pool
        return self._lines.setdefault(pool, Line()).join(key, since)

    def _asking(self, seen: PoolSeen) -> list[WarmPod]:
        """Return the pods of a pool that have room, and forget what those offered that serve no more."""
        serving = [pod for pod in seen.pods if serves(pod, seen.capture_class)]
        known = {pod.uid for pod in serving}
        for uid in [uid for uid, offer in self._offers.items() if offer.pool == seen.pool and uid not in known]:
            self.withdraw(uid)
        return [pod for pod in serving if self._free(pod.uid)]

    def _free(self, pod_uid: str) -> int:
        offer = self._offers.get(pod_uid)
        return 0 if offer is None else offer.free

    def _take(self, pod_uid: str, count: int) -> None:
        if (offer := self._offers.get(pod_uid)) is not None:
            self._offers[pod_uid] = replace(offer, free=offer.free - count)


def _held(seen: PoolSeen, place: int) -> ClaimHeld:
    held = held_up(seen)
    if held is not None:
        return ClaimHeld(held.reason, held.message)
    pods = sum(serves(pod, seen.capture_class) for pod in seen.pods)
    running = "1 warm pod" if pods == 1 else f"{pods} warm pods"
    return ClaimHeld(Phase.QUEUED, f"{running} of class {seen.pool.class_name} at work; place {place + 1} in the queue")
