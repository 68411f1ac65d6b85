"""How a replica comes to lead, and how it leaves: orderly when it is told to, at once when it has lost the Lease."""

import asyncio
import faulthandler
import logging
import os
import signal
from collections.abc import Awaitable, Callable

from kubeshot_operator.runtime.lease import Leadership, LeadershipLostError
from kubeshot_operator.runtime.state import State

# A pass takes milliseconds; one that waits for a call to time out is not waited for.
_DRAIN_SECONDS = 10.0
# The loop itself notices first, and says so in one line. With the deadline it stays below the duration of the Lease.
_HANG_MARGIN = 0.5

logger = logging.getLogger(__name__)


class Tenure:
    """One process's time as a replica."""

    def __init__(self, state: State, leadership: Leadership) -> None:
        self.state = state
        self.leadership = leadership
        self._elected = asyncio.Event()
        self._knows_all = False

    def decides(self) -> bool:
        """Say whether this replica decides: it leads, and knows all that was done until it did."""
        return self._knows_all and self.leadership.leads

    def is_in_charge(self) -> bool:
        """Say whether pods may speak to this replica; one that is about to end would forget what they tell."""
        return self.decides() and not self.state.queue.is_draining

    async def race(self, ready: asyncio.Event) -> None:
        """Race for the Lease once the watches are up; end this process, wherever it is, when the Lease is lost."""
        await ready.wait()
        try:
            await self.leadership.run(elected=self._elected.set, renewed=_end_if_it_hangs)
        except LeadershipLostError as error:
            logger.critical("this replica leads no longer and ends", extra={"error": str(error)})
            # Not an exception: on its way out a pass could still write.
            os._exit(1)

    async def take_over(self, look: Callable[[], Awaitable[None]], begin: Callable[[], None]) -> None:
        """Once this replica leads, `look` at everything anew, and then `begin`.

        What another one ended between a LIST and the watch that goes on after it is told by neither, and would be begun
        once more. From now on nobody else ends anything.
        """
        await self._elected.wait()
        await look()
        self._knows_all = True
        begin()

    async def resign(self, why: str) -> None:
        """End this process, wherever it is, as it sees no more what happens; another one may lead at once."""
        logger.critical("this replica sees nothing more and ends", extra={"error": why})
        await self.leadership.release()
        os._exit(1)

    async def leave(self, told: asyncio.Event, left: asyncio.Event, background: tuple[asyncio.Task[None], ...]) -> None:
        """Once told to end, finish the passes under way, then let another replica lead, and have Kopf end."""
        await told.wait()
        if not await self.state.queue.drain(_DRAIN_SECONDS):
            logger.warning("a pass is cut off", extra={"seconds": _DRAIN_SECONDS})
        for task in background:
            task.cancel()
        await asyncio.wait(background)
        await self.leadership.release()
        faulthandler.cancel_dump_traceback_later()
        left.set()


async def hear_signals(told: asyncio.Event, ready: asyncio.Event) -> None:
    """Hear the signals to end in Kopf's place: it would take seconds to end its watches before the Lease is free."""
    await ready.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)


def _end_if_it_hangs(seconds: float) -> None:
    """End this process, with a traceback, when its event loop has not run to renew the Lease in time.

    A thread of the interpreter's own does so, which needs neither the loop nor the lock that Python code holds.
    """
    faulthandler.dump_traceback_later(seconds + _HANG_MARGIN, exit=True)
