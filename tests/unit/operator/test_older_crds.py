"""An operator that is newer than the CRDs waits for the defaults of fields that are its own."""

import asyncio

from unit.contract.make import raw_spec
from unit.operator.builders import raw_request
from unit.operator.fake_cluster import Raw
from unit.operator.simulation import Simulation
from unit.operator.test_life import simulate


def older(spec: Raw) -> Raw:
    """Return a spec as an older CRD fills it in."""
    return {name: value for name, value in spec.items() if name != "retention"}


def test_request_without_the_new_defaults_waits_for_them() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.cluster.apply_request(raw_request(older(raw_spec(deadline="1h"))))
        status = await world.until_phase(key, "Queued")
        assert status["conditions"][0]["reason"] == "InvalidRequest"
        assert (
            "retention is missing; are the installed CRDs as new as the operator?"
            in (status["conditions"][0]["message"])
        )
        await asyncio.sleep(600)
        assert world.cluster.writes == 1, "it is said once"
        # The CRD is replaced: the API server fills in more, the stored object and its version stay. Watches begin anew.
        body = world.cluster.requests[key]
        body["spec"] = raw_spec(deadline="1h")
        assert world.cluster.watcher is not None
        world.cluster.watcher.request(body, deleted=False)
        await world.until_phase(key, "Succeeded", within=30)
        await world.until_quiet()

    simulate(test)


def test_value_that_cannot_be_read_is_final() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.cluster.apply_request(raw_request({**raw_spec(), "deadline": "soon"}))
        status = await world.until_phase(key, "Failed")
        assert status["conditions"][0]["reason"] == "InvalidRequest"

    simulate(test)
