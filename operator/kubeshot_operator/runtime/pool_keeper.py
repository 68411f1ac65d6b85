"""One pass over the warm pods of one class in one namespace: clears away those that ended, and wakes who waits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from kubeshot_operator.api.model import Pool
from kubeshot_operator.decide.pool import PoolSeen, concerns_all, missing_pods, tidy
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
        cache, queue = self._state.cache, self._state.queue
        pods, waiting = cache.pods_in(pool), self._state.line.waiting(pool)
        claimed = {pod.name: len(cache.claims_of(pod.namespace, pod.name)) for pod in pods}
        seen = PoolSeen(pool, cache.classes.get(pool.class_name), pods, sum(claimed.values()), self._clock())
        due = tidy(seen, claimed, waiting)
        for name in due.delete:
            await self._cluster.delete_pod(pool.namespace, name)
            cache.pods.mark_deleting((pool.namespace, name))
        if due.wake_at is None:
            queue.forget(pool)
        else:
            queue.add_after(pool, (due.wake_at - self._clock()).total_seconds())
        self._wake(replace(seen, pods=cache.pods_in(pool)), waiting)

    def _wake(self, seen: PoolSeen, waiting: int) -> None:
        """Wake the requests that the pool has news for, and those that may have the slot of a pod that ended."""
        line, load = self._state.line, self._state.cache.load(self._clock())
        for key in line.next_up(load):
            self._state.queue.add_first(key)
        pool = seen.pool
        for key in line.everyone(pool) if concerns_all(seen) else line.heads(pool, missing_pods(seen, waiting), load):
            self._state.queue.add(key)
