"""Holds the Lease, or waits for it. Whoever loses it has to end as a process: there is no way back to standing by."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from kubeshot_operator.adapters.errors import ConflictError, GoneError, NameTakenError, RefusedError, UnavailableError
from kubeshot_operator.api import crd
from kubeshot_operator.api.lease import Lease, UnreadableLeaseError, parse_lease, render_lease
from kubeshot_operator.decide.leadership import (
    Candidate,
    Lost,
    Sight,
    Terms,
    Wait,
    Write,
    leads_until,
    next_step,
    released,
    see,
    written,
)
from kubeshot_operator.runtime.ports import Leases

logger = logging.getLogger(__name__)

# One call that hangs leaves a leader time for two more: the deadline is 5 seconds after the time to renew.
_CALL_SECONDS = 2.0
_RELEASE_SECONDS = 3.0

# Somebody else was there first: look again.
_OUTRUN = (ConflictError, GoneError, NameTakenError)
_FAILURES = (UnavailableError, RefusedError, UnreadableLeaseError, TimeoutError)


class LeadershipLostError(Exception):
    """This replica led, and another may lead now: nothing more may be decided in this process."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """`elapsed` gives seconds and never goes back; `today` is the time of day, which only people read."""

    elapsed: Callable[[], float]
    today: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Replica:
    """Which Lease to race for, and under which name: one that no other process ever had."""

    namespace: str
    name: str


class Leadership:
    """One replica's part in the race for the Lease."""

    def __init__(self, leases: Leases, replica: Replica, clocks: Clocks, terms: Terms | None = None) -> None:
        self._leases = leases
        self._namespace = replica.namespace
        self._clocks = clocks
        self._terms = terms or Terms()
        self._me = Candidate(replica.name, Sight(None, clocks.elapsed()))
        self._looked = False

    @property
    def leads(self) -> bool:
        """Whether this replica may decide at this moment."""
        return self.seconds_left > 0.0

    @property
    def seconds_left(self) -> float:
        """For how long this replica may decide without another good write; 0 when it may not."""
        until = leads_until(self._me, self._terms)
        return 0.0 if until is None else max(0.0, until - self._clocks.elapsed())

    async def run(self, elected: Callable[[], None], renewed: Callable[[float], None]) -> None:
        """Race until cancelled; call `elected` when this replica leads.

        `renewed` is called after each good write, with the seconds until this process must have ended without another.
        Raises `LeadershipLostError`.
        """
        while True:
            try:
                await self._go_on(elected, renewed)
            except _FAILURES as error:
                logger.warning("the lease cannot be used", extra={"error": str(error) or type(error).__name__})
                await asyncio.sleep(self._within(self._terms.look_every))

    async def release(self) -> None:
        """Give the Lease up, if it is held, so that another leads at once. Never raises: else others wait it out."""
        if self._me.wrote_at is None:
            return
        try:
            async with asyncio.timeout(_RELEASE_SECONDS):
                if not self._looked:
                    await self._look()
                lease, self._me = released(self._me, self._clocks.today()), replace(self._me, wrote_at=None)
                if lease is not None:
                    await self._leases.write_lease(self._namespace, render_lease(lease, self._namespace))
                    logger.info("the lease is released")
        except (*_FAILURES, *_OUTRUN) as error:
            logger.warning("the lease could not be released", extra={"error": str(error) or type(error).__name__})

    async def _go_on(self, elected: Callable[[], None], renewed: Callable[[float], None]) -> None:
        match next_step(self._me, self._terms, self._clocks.elapsed(), self._clocks.today()):
            case Lost(why):
                raise LeadershipLostError(why)
            case _ if not self._looked:
                await self._look()
            case Wait(until):
                await asyncio.sleep(self._within(until - self._clocks.elapsed()))
                # What is held cannot change without a conflict.
                self._looked = self._me.wrote_at is not None
            case Write(lease):
                led = self.leads
                if await self._write(lease):
                    renewed(self.seconds_left)
                    if not led:
                        elected()
            case step:
                assert_never(step)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(self._within(_CALL_SECONDS)):
                found = parse_lease(await self._leases.read_lease(self._namespace, crd.LEASE_NAME))
        except GoneError:
            found = None
        self._me = see(self._me, found, self._clocks.elapsed())
        self._looked = True

    async def _write(self, lease: Lease) -> bool:
        # Whatever becomes of the call, it may have been heard.
        self._looked = False
        began = self._clocks.elapsed()
        try:
            async with asyncio.timeout(self._within(_CALL_SECONDS)):
                raw = await self._leases.write_lease(self._namespace, render_lease(lease, self._namespace))
        except _OUTRUN:
            return False
        self._me = written(self._me, parse_lease(raw), began, self._clocks.elapsed())
        self._looked = True
        return True

    def _within(self, seconds: float) -> float:
        """Return so many seconds, or fewer where what is held ends sooner."""
        return max(0.0, seconds if self._me.wrote_at is None else min(seconds, self.seconds_left))
