"""A watch of our own goes on where it ended, and lists anew when that is too long ago."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from kubeshot_operator.adapters.errors import ExpiredError, UnavailableError
from kubeshot_operator.adapters.watching import WatchEvent
from kubeshot_operator.runtime.follower import Follower
from unit.operator.virtual_time import run_virtually

Raw = dict[str, Any]

BOOKMARK = WatchEvent(7, None)
CHANGED = WatchEvent(8, {"name": "changed"})
DELETED = WatchEvent(9, {"name": "deleted"}, deleted=True)


class ScriptedWatch:
    """Each watch goes by the next part of a script, and then lasts for ever."""

    def __init__(self, *script: tuple[WatchEvent | Exception, ...]) -> None:
        self.since: list[int] = []
        self.taken_in: list[tuple[Raw, bool]] = []
        self._script = list(script)

    async def watch(self, since: int) -> AsyncIterator[WatchEvent]:
        """Yield what the script says."""
        self.since.append(since)
        if not self._script:
            await asyncio.Event().wait()
        for item in self._script.pop(0):
            if isinstance(item, Exception):
                raise item
            yield item

    async def list_anew(self) -> int:
        """List at version 50."""
        return 50

    def hand_in(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event."""
        self.taken_in.append((body, deleted))


def followed(*script: tuple[WatchEvent | Exception, ...]) -> ScriptedWatch:
    """Follow a script to its end."""
    watch = ScriptedWatch(*script)

    async def main() -> None:
        task = asyncio.create_task(Follower(watch.watch, watch.list_anew, watch.hand_in).run(5))
        await asyncio.sleep(60)
        task.cancel()

    run_virtually(main)
    return watch


def test_watch_goes_on_after_its_last_event() -> None:
    watch = followed((CHANGED, DELETED), (BOOKMARK,))
    assert watch.taken_in == [({"name": "changed"}, False), ({"name": "deleted"}, True)]
    assert watch.since == [5, 9, 7]


def test_watch_that_breaks_off_goes_on_after_its_last_event() -> None:
    assert followed((CHANGED, UnavailableError("cut"))).since == [5, 8]


def test_watch_of_what_is_too_long_ago_goes_on_after_a_list() -> None:
    assert followed((ExpiredError("too old"),), (CHANGED,)).since == [5, 50, 8]
