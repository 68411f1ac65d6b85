"""Bells by which a pass tells the dispatch service that there is something to say to a waiting pod."""

import asyncio
import contextlib

PodKey = tuple[str, str]


class Bells:
    """A bell per pod that waits; one that rings for nobody is not heard."""

    def __init__(self) -> None:
        self._bells: dict[PodKey, asyncio.Event] = {}

    def ring(self, pod: PodKey) -> None:
        """Wake whoever waits for this pod's bell."""
        if (bell := self._bells.pop(pod, None)) is not None:
            bell.set()

    async def wait(self, pod: PodKey, until: float) -> None:
        """Wait until the bell rings, at most until this time of the event loop."""
        bell = self._bells.setdefault(pod, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await bell.wait()
