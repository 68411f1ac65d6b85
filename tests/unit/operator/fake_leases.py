"""The Lease in memory, behind the port of the real one; calls take as long as a test says, and some get lost."""

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from kubeshot_operator.adapters.errors import ConflictError, GoneError, NameTakenError, UnavailableError
from unit.operator.fake_cluster import Raw


class Fate(Enum):
    """What becomes of a call."""

    ANSWERED = auto()
    NOT_HEARD = auto()
    ANSWER_LOST = auto()
    HANGS = auto()


@dataclass(frozen=True, slots=True)
class Trip:
    """A call's way there and back, in seconds."""

    there: float = 0.0
    back: float = 0.0
    fate: Fate = Fate.ANSWERED


@dataclass
class FakeLeases:
    """`travel` is asked for the trip of each call."""

    travel: Callable[[], Trip] = Trip
    stored: Raw | None = None
    writes: int = 0
    _version: int = 0

    async def read_lease(self, namespace: str, name: str) -> Raw:
        """Return the Lease."""
        trip = await self._go()
        found = copy.deepcopy(self.stored)
        await self._come_back(trip)
        if found is None:
            raise GoneError(f'leases "{name}" not found')
        return found

    async def write_lease(self, namespace: str, lease: Raw) -> Raw:
        """Create or replace the Lease, over the version that it names only."""
        trip = await self._go()
        # What the server has heard it does, also for somebody who listens no longer.
        outcome = self._write(copy.deepcopy(lease))
        await self._come_back(trip)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def delete(self) -> None:
        """Delete the Lease, as a hand does."""
        self.stored = None

    def _write(self, lease: Raw) -> Raw | Exception:
        version = lease["metadata"].pop("resourceVersion", None)
        if version is None and self.stored is not None:
            return NameTakenError("leases already exists")
        if version is not None and self.stored is None:
            return GoneError("leases not found")
        if version is not None and self.stored is not None and self.stored["metadata"]["resourceVersion"] != version:
            return ConflictError("the object has been modified")
        self._version += 1
        self.writes += 1
        lease["metadata"]["resourceVersion"] = str(self._version)
        self.stored = lease
        return copy.deepcopy(lease)

    async def _go(self) -> Trip:
        trip = self.travel()
        await asyncio.sleep(trip.there)
        if trip.fate is Fate.NOT_HEARD:
            raise UnavailableError("connection refused")
        return trip

    async def _come_back(self, trip: Trip) -> None:
        await asyncio.sleep(trip.back)
        if trip.fate is Fate.ANSWER_LOST:
            raise UnavailableError("connection reset")
        if trip.fate is Fate.HANGS:
            await asyncio.Event().wait()
