"""One pass over the warm pods of one class in one namespace: clears away those that ended, and wakes who waits."""

from collections.abc import Callable
from datetime import datetime

from kubeshot_operator.api.model import CaptureClass, Pool
from kubeshot_operator.decide.pool import PoolSeen, concerned, tidy
from kubeshot_operator.runtime.ports import Cluster
from kubeshot_operator.runtime.state import State


class PoolKeeper:
    """Creates no pods: a request that waits has one created when it is its turn. Pods end by themselves."""

    def __init__(self, state: State, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._cluster = cluster
        self._clock = clock

    async def keep(self, pool: Pool) -> None:
        """Make one pass. Raises `UnavailableError` when the API server cannot be used: it is to be made again."""
        cache, queue, now = self._state.cache, self._state.queue, self._clock()
        pods = cache.pods_in(pool)
        claimed = {pod.name: len(cache.claims_of(pod.namespace, pod.name)) for pod in pods}
        due = tidy(pods, claimed, cache.class_of(pool.class_name), now)
        for name in due.delete:
            await self._cluster.delete_pod(pool.namespace, name)
            cache.mark_deleting(pool.namespace, name)
        if due.wake_at is None:
            queue.forget(pool)
        else:
            queue.add_after(pool, (due.wake_at - self._clock()).total_seconds())
        self._wake(pool, sum(claimed.values()))

    def _wake(self, pool: Pool, claimed: int) -> None:
        """Wake the requests that the pool has news for, and those that may have the slot of a pod that ended."""
        cache, warm = self._state.cache, self._state.warm
        capture_class = cache.class_of(pool.class_name)
        waiting = warm.waiting(pool)
        if waiting and isinstance(capture_class, CaptureClass):
            seen = PoolSeen(pool, capture_class, cache.pods_in(pool), claimed, self._clock())
            for key in warm.heads(pool, concerned(seen, waiting)):
                self._state.queue.add(key)
        for key in self._state.line.next_up(cache.live_pods):
            self._state.queue.add(key)
