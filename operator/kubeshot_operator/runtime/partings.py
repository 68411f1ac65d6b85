"""What requests that are gone left half done in the buckets: deleted when their pods are gone too.

Only the memory has it, since the status went with the request. Whoever must be sure has `retention: Delete`.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from kubeshot_operator.api.bucket import BucketUnavailable
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.decide.leftovers import left_behind, left_until
from kubeshot_operator.runtime.eraser import Eraser
from kubeshot_operator.runtime.state import State

logger = logging.getLogger(__name__)


class Partings:
    """Sees off the requests that the cache tells of as gone."""

    def __init__(self, state: State, eraser: Eraser, clock: Callable[[], datetime]) -> None:
        self._cache, self._queue = state.cache, state.queue
        self._eraser = eraser
        self._clock = clock

    async def see_off(self, key: Key) -> None:
        """Delete what requests of this name left that are gone, as soon as no pod of theirs can store anything."""
        for request in tuple(self._cache.parted.get(key, ())):
            if any(pod.request_uid == request.uid and not pod.has_ended for pod in self._cache.pods_of(key)):
                continue
            wait = (left_until(request) - self._clock()).total_seconds()
            if wait > 0:
                asyncio.get_running_loop().call_later(wait, self._queue.add, key)
                continue
            await self._erase(request)
            self._cache.forget_parted(request)

    async def _erase(self, request: ScreenshotRequest) -> None:
        answer = await self._eraser.erase(left_behind(request))
        if isinstance(answer, BucketUnavailable):
            named = {"namespace": request.key.namespace, "request": request.key.name, "uid": request.uid}
            logger.warning("what a request left is not deleted", extra={**named, "error": answer.message})
