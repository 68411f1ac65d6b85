"""Requests that are over are not held in memory, and come back to life when something is asked of them."""

import copy
from collections.abc import Callable

import pytest

from kubeshot_operator.api import crd
from kubeshot_operator.api.model import Key
from kubeshot_operator.api.outline import outcome_of, outline_of
from kubeshot_operator.api.parse import parse_request
from kubeshot_operator.runtime.intake import Intake
from unit.contract.make import raw_spec
from unit.operator.builders import make_state, raw_request
from unit.operator.simulation import End, Simulation
from unit.operator.test_lifetimes import simulated
from unit.operator.virtual_time import run_virtually

ORDERS = pytest.mark.parametrize("outline_lag", [0.0, 0.2, 30.0], ids=["at once", "a little late", "very late"])


def ask_for_another_spec(world: Simulation, key: Key) -> None:
    world.apply(raw_spec(url="http://other.example/"))


def ask_again(world: Simulation, key: Key) -> None:
    world.apply(annotations={crd.REQUESTED_AT_ANNOTATION: "again"})


async def captured(world: Simulation) -> Key:
    """Capture a request, and wait until it is on the shelf."""
    world.apply_class()
    await world.start()
    key = world.apply()
    await world.until_phase(key, "Succeeded")
    await world.until(lambda: not world.state.cache.requests)
    return key


@ORDERS
@pytest.mark.parametrize("ask", [ask_for_another_spec, ask_again])
def test_request_on_the_shelf_is_captured_anew(ask: Callable[[Simulation, Key], None], outline_lag: float) -> None:
    async def test(_: Simulation) -> None:
        key = await captured(world)
        ask(world, key)
        await world.until(lambda: world.cluster.status_of(key)["run"] == 2)
        await world.until_phase(key, "Succeeded")
        await world.until_quiet()
        assert len(world.cluster.created) == 2
        assert world.state.cache.requests == {}
        assert world.state.cache.shelf.phases == {"Succeeded": 1}

    world = Simulation()
    world.cluster.outline_lag = outline_lag
    simulated(world, test)


@ORDERS
def test_change_at_the_moment_of_the_end_is_not_lost(outline_lag: float) -> None:
    def change(point: str) -> None:
        if point == "after patch" and world.cluster.status_of(key).get("phase") == "Succeeded" and not changed:
            changed.append(point)
            ask_for_another_spec(world, key)

    async def test(_: Simulation) -> None:
        world.cluster.interfere = change
        world.apply_class()
        await world.start()
        world.apply()
        await world.until(lambda: world.cluster.status_of(key).get("run") == 2)
        await world.until_phase(key, "Succeeded")
        await world.until_quiet()
        assert len(world.cluster.created) == 2

    changed: list[str] = []
    key = Key("team", "shot")
    world = Simulation()
    world.cluster.outline_lag = outline_lag
    simulated(world, test)


@ORDERS
def test_request_that_is_deleted_amid_its_capture_leaves_nothing(outline_lag: float) -> None:
    async def test(_: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        await world.until(lambda: bool(world.buckets.objects))
        world.cluster.remove_request(key)
        await world.until(lambda: not world.cluster.pods)
        await world.until(lambda: not world.buckets.objects)
        assert world.state.cache.requests == {}

    world = Simulation(script=lambda job, pod: (world.store(job), End.NEVER_ENDS)[1])
    world.cluster.outline_lag = outline_lag
    simulated(world, test)


def test_many_restarts_capture_nothing_anew() -> None:
    async def test(_: Simulation) -> None:
        await captured(world)
        for _start in range(3):
            await world.stop()
            await world.start()
            await world.until_quiet()
        assert len(world.cluster.created) == 1
        assert len(world.state.cache.shelf) == 1

    world = Simulation()
    simulated(world, test)


def test_change_while_no_operator_runs_is_captured() -> None:
    async def test(_: Simulation) -> None:
        key = await captured(world)
        await world.stop()
        ask_for_another_spec(world, key)
        await world.start()
        await world.until(lambda: world.cluster.status_of(key)["run"] == 2)
        await world.until_phase(key, "Succeeded")

    world = Simulation()
    simulated(world, test)


UNDER_WAY = raw_request(status={"phase": "Capturing", "run": 1, "observedGeneration": 1}, resourceVersion="5")
LEFT = copy.deepcopy(UNDER_WAY)
LEFT["metadata"]["resourceVersion"] = "9"
OUTLINE = {"metadata": LEFT["metadata"]}


def tell_the_end(intake: Intake) -> None:
    intake.request(LEFT, deleted=True)


def tell_the_outline(intake: Intake) -> None:
    intake.request_outline(OUTLINE, deleted=False)


def tell_the_deletion(intake: Intake) -> None:
    intake.request_outline(OUTLINE, deleted=True)


@pytest.mark.parametrize(
    ("tellings", "shelved", "parted"),
    [
        ((tell_the_end, tell_the_outline), 1, 0),
        ((tell_the_outline, tell_the_end), 1, 0),
        ((tell_the_end, tell_the_deletion), 0, 1),
        ((tell_the_deletion, tell_the_end), 0, 1),
    ],
    ids=["ended", "ended, outline first", "deleted", "deleted, outline first"],
)
def test_replica_that_stands_by_tells_an_end_from_a_deletion(
    tellings: tuple[Callable[[Intake], None], ...], shelved: int, parted: int
) -> None:
    body = copy.deepcopy(UNDER_WAY)
    body["status"]["uploads"] = [{"run": 1, "captureClassName": "default", "keys": ["a/key"]}]
    state = make_state()

    async def main() -> None:
        intake = Intake(state)
        intake.request(body, deleted=False)
        for tell in tellings:
            tell(intake)

    run_virtually(main)
    assert state.cache.requests == {}
    assert (len(state.cache.shelf), len(state.cache.parted)) == (shelved, parted)


def test_deletion_that_is_told_before_the_answer_to_the_write_of_the_end_is_not_lost() -> None:
    ended = copy.deepcopy(LEFT)
    ended["status"]["phase"] = "Succeeded"
    deleted = copy.deepcopy(OUTLINE)
    deleted["metadata"] |= {"resourceVersion": "10", "deletionTimestamp": "2026-07-26T10:00:00Z"}
    state = make_state()

    async def main() -> None:
        intake = Intake(state)
        intake.request(UNDER_WAY, deleted=False)
        intake.request(ended, deleted=True)
        tell_the_outline(intake)
        intake.request_outline(deleted, deleted=False)
        request = parse_request(ended)
        state.cache.put_request(request)
        state.cache.shelve(outline_of(request), outcome_of(request))

    run_virtually(main)
    assert state.cache.unsure == {Key("team", "shot")}
