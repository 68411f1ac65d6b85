"""How a replica comes to decide: when it leads and knows all that another one did before it."""

import asyncio
import faulthandler
from collections.abc import Iterator

import pytest

from kubeshot_operator.runtime.lease import Clocks, Leadership, Replica
from kubeshot_operator.runtime.tenure import Tenure
from unit.operator.builders import NOW, make_state
from unit.operator.fake_leases import FakeLeases
from unit.operator.simulation import Simulation
from unit.operator.virtual_time import run_virtually


@pytest.fixture(autouse=True)
def nothing_hangs() -> Iterator[None]:
    """Whoever leads has its process end when it does not renew the Lease any more; this one goes on."""
    yield
    faulthandler.cancel_dump_traceback_later()


def test_a_replica_decides_when_it_leads_and_has_looked_at_everything_since() -> None:
    async def main() -> list[tuple[str, bool, bool]]:
        loop = asyncio.get_running_loop()
        leadership = Leadership(FakeLeases(), Replica("kubeshot-system", "a"), Clocks(loop.time, lambda: NOW))
        tenure, ready, seen = Tenure(make_state(), leadership), asyncio.Event(), asyncio.Event()
        told: list[tuple[str, bool, bool]] = []

        def tell(what: str) -> None:
            told.append((what, leadership.leads, tenure.decides()))

        async def look() -> None:
            tell("looks")
            await seen.wait()

        racing = asyncio.create_task(tenure.race(ready))
        taking = asyncio.create_task(tenure.take_over(look, lambda: tell("begins")))
        await asyncio.sleep(5)
        tell("waits for its watches")
        ready.set()
        await asyncio.sleep(5)
        assert not tenure.is_in_charge(), "a pod would be told what it knew before"
        seen.set()
        await taking
        assert tenure.is_in_charge()
        racing.cancel()
        return told

    assert run_virtually(main) == [
        ("waits for its watches", False, False),
        ("looks", True, False),
        ("begins", True, True),
    ]


def test_what_another_replica_ended_meanwhile_is_not_begun_once_more() -> None:
    world = Simulation()

    async def main() -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        # What a replica was told that listed now; its watch begins when the request has ended, and tells nothing of it.
        before = world.cluster.listing()
        await world.until_phase(key, "Succeeded")
        await world.until_quiet()
        await world.stop()
        await world.start(before)
        await world.until_quiet()
        await world.stop()

    run_virtually(main)
    assert len(world.cluster.created) == 1
