"""Bells by which a pass tells the dispatch service that there is something to say to a waiting pod."""

import asyncio
import contextlib

PodKey = tuple[str, str]


class Bells:
    """A bell that rings for nobody is not heard: whoever waits looks first."""

    def __init__(self) -> None:
        self._waiting: dict[PodKey, set[asyncio.Event]] = {}

    def ring(self, pod: PodKey) -> None:
        """Wake all who wait for this pod's bell."""
        for bell in self._waiting.get(pod, ()):
            bell.set()

    async def wait(self, pod: PodKey, until: float) -> None:
        """Wait until the bell rings, at most until this time of the event loop."""
        bell = asyncio.Event()
        self._waiting.setdefault(pod, set()).add(bell)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await bell.wait()
        finally:
            self._waiting[pod].discard(bell)
            if not self._waiting[pod]:
                del self._waiting[pod]
