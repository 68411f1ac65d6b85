"""Follows what happens to the objects of one kind, from a LIST on."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from kubeshot_operator.adapters.errors import ExpiredError, UnavailableError
from kubeshot_operator.adapters.watching import WatchEvent

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0


class HandIn(Protocol):
    """Takes in an event; see `runtime.intake.Intake`."""

    def __call__(self, body: dict[str, Any], *, deleted: bool) -> None: ...


class Follower:
    """Begins its watch anew where it ended; when that is too long ago, after a new LIST."""

    def __init__(
        self,
        watch: Callable[[int], AsyncIterator[WatchEvent]],
        list_anew: Callable[[], Awaitable[int]],
        hand_in: HandIn,
    ) -> None:
        """`list_anew` hands in everything by itself, and returns the version at which it was listed."""
        self._watch = watch
        self._list_anew = list_anew
        self._hand_in = hand_in

    async def run(self, since: int) -> None:
        """Follow what happens after this version, until cancelled."""
        version = since
        while True:
            try:
                async for event in self._watch(version):
                    version = event.version
                    if event.body is not None:
                        self._hand_in(event.body, deleted=event.deleted)
            except ExpiredError:
                version = await self._list_anew()
            except UnavailableError as error:
                logger.warning("a watch ended", extra={"error": str(error)})
                await asyncio.sleep(_RETRY_SECONDS)
