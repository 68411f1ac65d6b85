"""Lets captures into the browser: as a rule together, and alone those that could see something of another."""

import asyncio


class Turns:
    """Any number at a time, or one that is alone. Who waits to be alone is passed by nobody."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._door = asyncio.Lock()
        self._inside = 0
        self._alone = False

    async def enter(self, *, alone: bool) -> None:
        """Wait for the turn."""
        async with self._door, self._changed:
            await self._changed.wait_for(lambda: not self._alone and not (alone and self._inside))
            self._inside += 1
            self._alone = alone

    async def leave(self) -> None:
        """Make room for others."""
        async with self._changed:
            self._inside -= 1
            self._alone = False
            self._changed.notify_all()
