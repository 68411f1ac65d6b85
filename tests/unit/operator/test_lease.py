"""Replicas that race for the Lease: skewed clocks, slow and lost calls, crashes; and never do two lead at once."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from kubeshot_operator.adapters.errors import RefusedError
from kubeshot_operator.decide.leadership import Terms
from kubeshot_operator.runtime.lease import Clocks, Leadership, LeadershipLostError, Replica
from unit.operator.builders import NOW
from unit.operator.fake_leases import FakeLeases, Fate, Trip
from unit.operator.virtual_time import run_virtually

# The clocks of two machines agree far better; this is what the terms are good for.
DRIFT = 0.1
SEEDS = range(15)


@dataclass
class Process:
    """A replica: its clock has begun at any time, runs fast or slow, and shows any time of day."""

    leadership: Leadership
    elected_at: float | None = None
    lost: str = ""
    renewals: list[float] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    @classmethod
    def begin(cls, leases: FakeLeases, name: str, clocks: Clocks, terms: Terms | None = None) -> "Process":
        """Start a replica."""
        process = cls(Leadership(leases, Replica("kubeshot-system", name), clocks, terms))
        process.task = asyncio.create_task(process.live())
        return process

    async def live(self) -> None:
        """Race, and end when the Lease is lost, as the process would."""
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await self.leadership.run(self._elected, self.renewals.append)
            except LeadershipLostError as error:
                self.lost = str(error)

    @property
    def leads(self) -> bool:
        """Whether it lives and may decide."""
        return self.leadership.leads and self.task is not None and not self.task.done()

    @property
    def knows(self) -> bool:
        """Whether it lives and has seen the Lease that is there, or that was just deleted."""
        seen = self.leadership._me.sight.lease
        return seen is not None and bool(seen.version) and self.task is not None and not self.task.done()

    async def kill(self) -> None:
        """End it without a word."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.wait([self.task])

    async def stop(self) -> None:
        """End it as SIGTERM does."""
        await self.kill()
        await self.leadership.release()

    def _elected(self) -> None:
        assert self.elected_at is None, "it leads once in its life"
        self.elected_at = now()


def now() -> float:
    return asyncio.get_running_loop().time()


def clocks(begun: float = 0.0, rate: float = 1.0, wrong_by: float = 0.0) -> Clocks:
    """Return clocks that began so many seconds ago, run at this rate, and show a time of day that is wrong."""

    def today() -> datetime:
        return NOW + timedelta(seconds=now() + wrong_by)

    return Clocks(lambda: begun + now() * rate, today)


async def until(condition: Callable[[], bool], within: float) -> float:
    """Let time pass until the condition holds; return how long that took."""
    begun = now()
    while not condition():
        assert now() < begun + within, f"not within {within} seconds"
        await asyncio.sleep(0.05)
    return now() - begun


def race(test: Callable[[FakeLeases], Coroutine[Any, Any, None]]) -> None:
    run_virtually(lambda: test(FakeLeases()))


def test_first_leads_at_once_and_the_second_stands_by() -> None:
    async def test(leases: FakeLeases) -> None:
        first = Process.begin(leases, "first", clocks())
        assert await until(lambda: first.leads, within=1) < 0.1
        second = Process.begin(leases, "second", clocks(begun=1000.0))
        await asyncio.sleep(300)
        assert (first.leads, second.leads) == (True, False)
        assert leases.writes == pytest.approx(150, abs=3), "a renewal each 2 seconds, and none by the second"
        assert leases.stored is not None
        assert leases.stored["spec"]["leaseTransitions"] == 0

    race(test)


def test_released_lease_is_taken_at_once() -> None:
    async def test(leases: FakeLeases) -> None:
        first, second = (Process.begin(leases, name, clocks()) for name in ("first", "second"))
        await until(lambda: first.leads, within=1)
        await asyncio.sleep(30)
        await first.stop()
        assert not first.leadership.leads
        assert await until(lambda: second.leads, within=30) <= 1.1
        assert leases.stored is not None
        assert leases.stored["spec"]["leaseTransitions"] == 1

    race(test)


def test_lease_of_one_that_died_is_taken_when_its_time_is_over() -> None:
    async def test(leases: FakeLeases) -> None:
        first = Process.begin(leases, "first", clocks())
        await until(lambda: first.leads, within=1)
        second = Process.begin(leases, "second", clocks())
        await asyncio.sleep(31)
        await first.kill()
        assert 7 < await until(lambda: second.leads, within=30) <= 11

    race(test)


@pytest.mark.parametrize(
    "fate", [Fate.NOT_HEARD, Fate.ANSWER_LOST, Fate.HANGS], ids=["not heard", "answer lost", "hangs"]
)
def test_leader_that_cannot_renew_ends_before_another_leads(fate: Fate) -> None:
    async def test(leases: FakeLeases) -> None:
        first = Process.begin(leases, "first", clocks())
        await asyncio.sleep(31)
        begun = first.leadership.seconds_left
        leases.travel = lambda: Trip(fate=fate)
        assert await until(lambda: bool(first.lost), within=30) == pytest.approx(begun, abs=0.2)
        assert "could not be renewed" in first.lost

    race(test)


def test_one_lost_call_ends_nobody() -> None:
    async def test(leases: FakeLeases) -> None:
        trips = iter([Trip()] * 10 + [Trip(fate=Fate.HANGS)] + [Trip()] * 1000)
        leases.travel = lambda: next(trips)
        first = Process.begin(leases, "first", clocks())
        await asyncio.sleep(120)
        assert first.leads

    race(test)


def test_leader_that_was_outrun_ends_at_once() -> None:
    async def test(leases: FakeLeases) -> None:
        first = Process.begin(leases, "first", clocks())
        await asyncio.sleep(31)
        assert leases.stored is not None
        leases.stored["spec"]["holderIdentity"] = "somebody"
        leases.stored["metadata"]["resourceVersion"] = "1000"
        await until(lambda: bool(first.lost), within=3)
        assert first.lost == "somebody holds the Lease now"

    race(test)


def test_lease_that_is_deleted_is_made_again_by_its_holder() -> None:
    async def test(leases: FakeLeases) -> None:
        first = Process.begin(leases, "first", clocks())
        await until(lambda: first.leads, within=1)
        second = Process.begin(leases, "second", clocks())
        await asyncio.sleep(31)
        leases.delete()
        await asyncio.sleep(30)
        assert (first.leads, second.leads) == (True, False)

    race(test)


def test_replica_without_the_right_to_it_says_so_and_tries_again(caplog: pytest.LogCaptureFixture) -> None:
    class Forbidden(FakeLeases):
        async def read_lease(self, namespace: str, name: str) -> Any:
            raise RefusedError(403, "leases is forbidden")

    async def main() -> None:
        process = Process.begin(Forbidden(), "first", clocks())
        await asyncio.sleep(5)
        assert process.task is not None
        assert not process.task.done()
        await process.stop()

    run_virtually(main)
    assert {record.message for record in caplog.records} == {"the lease cannot be used"}


def test_process_is_told_how_long_it_may_hang() -> None:
    async def test(leases: FakeLeases) -> None:
        leases.travel = lambda: Trip(there=0.5, back=1.0)
        first = Process.begin(leases, "first", clocks())
        await asyncio.sleep(31)
        assert {round(seconds, 3) for seconds in first.renewals} == {5.5}

    race(test)


# --- two at once ------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """Replicas that come, hang, die and leave, on a network that delays and loses calls; all by one seed."""

    seed: int
    terms: Terms | None = None
    calm: bool = False
    most_at_once: int = 0
    leaders: int = 0

    def run(self) -> None:
        """Live through five minutes, until two lead at once, and a while in which all goes well."""
        run_virtually(self._live)

    async def _live(self) -> None:
        self._random = random.Random(self.seed)
        self._leases = FakeLeases(travel=self._trip)
        self._names = (f"replica-{number}" for number in range(1000))
        self._processes = [self._begin() for _ in range(2)]
        watch = asyncio.create_task(self._watch())
        while now() < 300 and self.most_at_once < 2:
            await asyncio.sleep(self._random.uniform(0.1, 20.0))
            await self._disturb()
        self.calm = True
        self._revive()
        await until(lambda: any(process.leads for process in self._processes), within=25)
        watch.cancel()
        for process in self._processes:
            await process.kill()

    def _begin(self) -> Process:
        chance = self._random
        rate = chance.choice((1.0 - DRIFT, 1.0, 1.0 + DRIFT))
        told = clocks(chance.uniform(0, 1e6), rate, chance.uniform(-1e6, 1e6))
        return Process.begin(self._leases, next(self._names), told, self.terms)

    async def _disturb(self) -> None:
        chance = self._random
        victim = chance.choice(self._processes)
        what = chance.random()
        if what < 0.3:
            await victim.kill()
        elif what < 0.5:
            await victim.stop()
        elif what < 0.6 and all(process.knows for process in self._processes):
            self._leases.delete()
            await until(lambda: self._leases.stored is not None, within=100)
        self._revive()

    def _revive(self) -> None:
        alive = [process for process in self._processes if process.task is not None and not process.task.done()]
        self._processes = [*alive, *(self._begin() for _ in range(2 - len(alive)))]

    def _trip(self) -> Trip:
        chance = self._random
        if self.calm:
            return Trip(chance.uniform(0, 0.1), chance.uniform(0, 0.1))
        fate = chance.choices(list(Fate), weights=(70, 10, 10, 10))[0]
        slow = 8.0 if chance.random() < 0.2 else 0.3
        return Trip(chance.uniform(0, slow), chance.uniform(0, slow), fate)

    async def _watch(self) -> None:
        led: set[int] = set()
        while True:
            leading = [process for process in self._processes if process.leads]
            led |= {id(process) for process in leading}
            self.leaders = max(self.leaders, len(led))
            self.most_at_once = max(self.most_at_once, len(leading))
            await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    """Worlds that were lived through under the terms of the product."""
    lived = [World(seed) for seed in SEEDS]
    for world in lived:
        world.run()
    return lived


def test_never_do_two_lead_at_once(worlds: list[World]) -> None:
    assert {world.seed: world.most_at_once for world in worlds} == dict.fromkeys(SEEDS, 1)


def test_the_lead_goes_from_hand_to_hand(worlds: list[World]) -> None:
    assert min(world.leaders for world in worlds) > 5


@pytest.mark.parametrize(
    "terms",
    [Terms(deadline=14.0), Terms(duration=4, deadline=7.0)],
    ids=["a leader goes on for too long", "others are too impatient"],
)
def test_two_would_lead_at_once_under_other_terms(terms: Terms) -> None:
    for world in (World(seed, terms) for seed in SEEDS):
        world.run()
        if world.most_at_once > 1:
            return
    raise AssertionError("the test would not have found it")
