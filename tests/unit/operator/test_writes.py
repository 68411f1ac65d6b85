"""How often the status of a request is written: at most four times on the good path, and never for nothing."""

import asyncio

import pytest

from kubeshot_operator.api.model import Key
from unit.contract.make import raw_spec
from unit.operator.fake_cluster import Raw
from unit.operator.simulation import Simulation
from unit.operator.test_life import simulate

MOST = 4


def apply_many(world: Simulation, count: int) -> list[Key]:
    return [
        world.apply(raw_spec(deadline="1h"), name=f"shot-{number:03}", uid=f"uid-{number:03}")
        for number in range(count)
    ]


def writes_of(world: Simulation, key: Key) -> list[Raw]:
    return [state["status"] for state in world.cluster.states if state["metadata"]["name"] == key.name]


@pytest.mark.parametrize("count", [1, 5, 60], ids=["alone", "as many as slots", "with a queue"])
@pytest.mark.parametrize("mode", ["Never", "Warm"])
@pytest.mark.parametrize("reports", [False, True], ids=["read from the pod", "reported"])
def test_good_path_takes_at_most_four_writes(count: int, mode: str, reports: bool) -> None:
    async def test(world: Simulation) -> None:
        world.apply_class(reuse={"mode": mode})
        await world.start()
        keys = apply_many(world, count)
        for key in keys:
            await world.until_phase(key, "Succeeded")
        await world.until_quiet()
        for key in keys:
            told = [(status["phase"], status["conditions"][0]["reason"]) for status in writes_of(world, key)]
            assert len(told) <= MOST, told

    simulate(test, reports=reports)


def test_each_write_of_a_wait_says_something_new() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class(limits={"perHost": 1})
        await world.start()
        keys = apply_many(world, 30)
        for key in keys:
            await world.until_phase(key, "Succeeded")
        for key in keys:
            told = [(status["phase"], status["conditions"][0]["reason"]) for status in writes_of(world, key)]
            assert len(told) == len(set(told)), told

    simulate(test)


def test_pod_that_no_node_takes_is_told_of_once_however_often_the_scheduler_counts_its_nodes() -> None:
    async def test(world: Simulation) -> None:
        world.cluster.pod_was_created = lambda pod: None
        world.apply_class()
        await world.start()
        key = world.apply(raw_spec(deadline="10m"))
        await world.until(lambda: bool(world.cluster.pods))
        [name] = world.cluster.pods
        for nodes in range(1, 50):
            message = f"0/{nodes} nodes are available: {nodes} Insufficient cpu."
            condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
            world.cluster.set_pod_status(name, {"phase": "Pending", "conditions": [condition]})
            await asyncio.sleep(5)
        told = writes_of(world, key)
        assert [status["conditions"][0]["reason"] for status in told] == ["Starting", "Unschedulable"]
        assert "0/1 nodes are available: 1 Insufficient cpu." in told[-1]["conditions"][0]["message"]
        status = await world.until_phase(key, "Failed")
        assert status["conditions"][0]["reason"] == "QueueDeadlineExceeded"
        assert "Insufficient cpu" in status["conditions"][0]["message"], "it says what it had waited for"
        assert len(world.cluster.created) == 1, "it is never deleted and replaced"

    simulate(test)
