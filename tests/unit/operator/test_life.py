"""The life of a request in a cluster of our own: every way it can go, and every moment at which it can be cut off."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from kubeshot_contract.job import CaptureJob
from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.api import crd
from kubeshot_operator.api.model import Key
from unit.contract.make import raw_spec
from unit.operator.builders import raw_request
from unit.operator.fake_cluster import FakeCluster, Raw
from unit.operator.simulation import End, Script, Simulation, always_succeeds, memory_of
from unit.operator.virtual_time import run_virtually


def simulate(test: Callable[[Simulation], Coroutine[Any, Any, None]], **settings: Any) -> Simulation:
    """Run a test in a simulation with the default class, and return the simulation when it is over."""
    world = Simulation(**settings)

    async def main() -> None:
        try:
            await test(world)
        finally:
            await world.stop()

    run_virtually(main)
    return world


def in_turn(*ends: End) -> Script:
    """Return a script in which the attempts of a run end like this, one after the other."""
    return lambda job, pod: ends[min(job.attempt, len(ends)) - 1]


def conditions(status: Raw) -> dict[str, str]:
    return {condition["type"]: condition["status"] for condition in status["conditions"]}


def reason(status: Raw) -> str:
    return str(status["conditions"][0]["reason"])


def test_request_becomes_an_image() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        await world.until_phase(key, "Capturing", within=4)
        status = await world.until_phase(key, "Succeeded", within=6)
        assert conditions(status) == {"Ready": "True", "Reconciling": "False", "Stalled": "False", "Settled": "True"}
        assert status["storageKey"] == world.buckets.uploads[0]
        assert [attempt["index"] for attempt in status["attempts"]] == [1]
        await world.until_quiet()

    world = simulate(test)
    assert [event.reason for _, event in world.cluster.events] == ["Created", "Captured"]
    assert world.cluster.writes <= 3, "one write as it starts, one as it captures, one at the end"


def test_result_that_a_pod_reports_is_not_waited_for_any_longer() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        status = await world.until_phase(world.apply(), "Succeeded")
        assert loop.time() - begun < 5, "the kubelet tells of the end after 5 seconds"
        assert conditions(status)["Settled"] == "True"
        [attempt] = status["attempts"]
        assert attempt["startTime"] < attempt["endTime"]
        assert {"queued", "podStart", "navigate", "total"} <= status["timings"].keys()
        await world.until_quiet()
        assert not world.state.reports._results, "what is written is not remembered"

    world = simulate(test, reports=True)
    assert [event.reason for _, event in world.cluster.events] == ["Created", "Captured"]


def test_failure_that_a_pod_reports_is_as_good_as_its_last_word() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(), "Succeeded")
        assert [attempt.get("reason") for attempt in status["attempts"]] == ["ConnectionFailed", None]
        await world.until_quiet()

    simulate(test, script=in_turn(End.CANNOT_CONNECT, End.SUCCEEDS), reports=True)


def test_request_that_was_there_before_the_operator_is_captured() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        key = world.apply()
        await world.start()
        await world.until_phase(key, "Succeeded")

    assert len(simulate(test).cluster.created) == 1


def test_quota_is_waited_for() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        world.cluster.quotas["team"] = 0
        await world.start()
        key = world.apply()
        status = await world.until_phase(key, "Queued")
        assert reason(status) == "QuotaExceeded"
        await asyncio.sleep(120)
        assert world.cluster.status_of(key)["phase"] == "Queued"
        world.cluster.quotas.clear()
        status = await world.until_phase(key, "Succeeded", within=65)
        assert len(status["attempts"]) == 1, "a pod that was not created costs nothing"

    world = simulate(test)
    assert [event.reason for _, event in world.cluster.events] == ["QuotaExceeded", "Created", "Captured"]


def test_page_that_needs_more_memory_gets_it() -> None:
    def needs_a_gibibyte_and_a_half(job: CaptureJob, pod: Raw) -> End:
        return End.SUCCEEDS if memory_of(pod) == "1728Mi" else End.RUNS_OUT_OF_MEMORY

    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(), "Succeeded")
        assert [attempt["memoryLimit"] for attempt in status["attempts"]] == ["768Mi", "1152Mi", "1728Mi"]
        assert [attempt.get("reason") for attempt in status["attempts"]] == ["OutOfMemory", "OutOfMemory", None]
        await world.until_quiet()

    simulate(test, script=needs_a_gibibyte_and_a_half)


def test_next_page_of_a_host_begins_with_the_memory_that_the_last_one_needed() -> None:
    def needs_a_gibibyte(job: CaptureJob, pod: Raw) -> End:
        return End.SUCCEEDS if memory_of(pod) != "768Mi" else End.RUNS_OUT_OF_MEMORY

    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        await world.until_phase(world.apply(raw_spec(url="http://heavy.example.com/1")), "Succeeded")
        second = world.apply(raw_spec(url="http://heavy.example.com/2"), name="second", uid="uid-second")
        other = world.apply(raw_spec(url="http://light.example.com/"), name="other", uid="uid-other")
        status = await world.until_phase(second, "Succeeded")
        assert [attempt["memoryLimit"] for attempt in status["attempts"]] == ["1152Mi"]
        status = await world.until_phase(other, "Succeeded")
        assert [attempt["memoryLimit"] for attempt in status["attempts"]] == ["768Mi", "1152Mi"]

    simulate(test, script=needs_a_gibibyte)


def test_page_that_never_has_enough_memory_fails_at_the_maximum() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(raw_spec(retry={"limit": 0})), "Failed")
        assert [attempt["memoryLimit"] for attempt in status["attempts"]] == ["768Mi", "1152Mi", "1728Mi", "2048Mi"]
        assert [attempt["peakMemory"] for attempt in status["attempts"]] == ["768Mi", "1152Mi", "1728Mi", "2048Mi"]
        assert "the class allows no more than 2048Mi" in status["conditions"][0]["message"]
        assert (reason(status), conditions(status)["Stalled"]) == ("OutOfMemory", "True")
        await world.until_quiet()

    simulate(test, script=in_turn(End.RUNS_OUT_OF_MEMORY))


def test_pod_that_is_lost_after_its_upload_is_a_success() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(), "Succeeded")
        assert conditions(status)["Settled"] == "Unknown"
        assert len(status["attempts"]) == 1
        await world.until_quiet()

    simulate(test, script=in_turn(End.VANISHES_AFTER_UPLOAD))


def test_pods_that_the_cluster_ends_cost_no_retry() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(raw_spec(retry={"limit": 0})), "Succeeded")
        assert [attempt.get("reason") for attempt in status["attempts"]] == ["Evicted", "PodLost", None]
        await world.until_quiet()

    simulate(test, script=in_turn(End.IS_EVICTED, End.VANISHES, End.SUCCEEDS))


def test_cluster_that_ends_every_pod_is_not_asked_for_ever() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(), "Failed")
        assert (reason(status), len(status["attempts"])) == ("Evicted", 5)
        await world.until_quiet()

    simulate(test, script=in_turn(End.IS_EVICTED))


def test_pods_that_vanish_as_soon_as_they_are_created_are_counted() -> None:
    async def test(world: Simulation) -> None:
        def reap(pod: Raw) -> None:
            name = (pod["metadata"]["namespace"], pod["metadata"]["name"])
            asyncio.get_running_loop().call_later(0.5, world.cluster.remove_pod, name)

        world.cluster.pod_was_created = reap
        world.cluster.quotas["team"] = 0
        world.apply_class()
        await world.start()
        key = world.apply()
        await world.until_phase(key, "Queued")
        world.cluster.quotas.clear()
        status = await world.until_phase(key, "Failed")
        assert (reason(status), len(status["attempts"])) == ("PodLost", 5)

    assert len(simulate(test).cluster.created) == 5


def test_failure_that_may_pass_is_tried_again_with_pauses() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(raw_spec(retry={"limit": 2})), "Failed")
        assert (reason(status), len(status["attempts"])) == ("ConnectionFailed", 3)
        assert asyncio.get_running_loop().time() >= 3 * 5 + 2 + 4, "three captures, two pauses"
        await world.until_quiet()

    simulate(test, script=in_turn(End.CANNOT_CONNECT))


def test_failure_that_will_not_pass_ends_the_run() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(), "Failed")
        assert (reason(status), len(status["attempts"])) == ("HTTPError", 1)
        await world.until_quiet()

    simulate(test, script=in_turn(End.ANSWERS_404))


def test_capture_that_never_ends_is_ended_at_the_deadline() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        status = await world.until_phase(world.apply(raw_spec(deadline="90s")), "Failed", within=92)
        assert reason(status) == "DeadlineExceeded"
        assert asyncio.get_running_loop().time() >= 90
        await world.until_quiet()

    simulate(test, script=in_turn(End.NEVER_ENDS))


def test_change_of_the_spec_in_the_middle_of_a_capture_starts_over() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        await world.until_phase(key, "Capturing")
        world.apply(raw_spec(url="https://example.com/other"))
        status = await world.until_phase(key, "Succeeded")
        assert (status["run"], status["observedGeneration"]) == (2, 2)
        assert "/2/" in status["storageKey"]
        await world.until_quiet()

    world = simulate(test)
    assert world.cluster.created == ["shot-5f2c0-1-1-1", "shot-5f2c0-2-2-1"]
    assert len(world.buckets.uploads) == 1, "the first capture was stopped before its upload"


def test_change_that_comes_before_the_first_status_never_shares_keys_with_the_pod_that_is_there_already() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        await asyncio.sleep(3)
        world.apply(raw_spec(url="https://example.com/other"))
        await world.until_phase(key, "Succeeded")
        await world.until_quiet()
        assert world.cluster.status_of(key)["attempts"][0]["podName"] == "shot-5f2c0-2-2-1"

    world = simulate(test, cluster=FakeCluster(lag=5.0))
    assert world.cluster.created == ["shot-5f2c0-1-1-1", "shot-5f2c0-2-2-1"]


def test_new_value_of_requested_at_captures_again_and_keeps_the_old_image_until_then() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        first = await world.until_phase(key, "Succeeded")
        await world.until_quiet()
        world.apply(annotations={crd.REQUESTED_AT_ANNOTATION: "again"})
        between = await world.until_phase(key, "Capturing")
        assert (between["storageKey"], conditions(between)["Ready"]) == (first["storageKey"], "False")
        second = await world.until_phase(key, "Succeeded")
        assert (second["run"], second["storageKey"]) == (2, world.buckets.uploads[1])
        await world.until_quiet()

    simulate(test)


def test_suspended_request_is_stopped_and_goes_on_when_resumed() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        await world.until_phase(key, "Capturing")
        world.apply(raw_spec(suspend=True))
        status = await world.until_phase(key, "Suspended")
        assert conditions(status) == {"Ready": "False", "Reconciling": "False", "Stalled": "False"}
        await world.until_quiet()
        world.apply(raw_spec(suspend=False))
        await world.until_phase(key, "Succeeded")
        await world.until_quiet()

    assert len(simulate(test).buckets.uploads) == 1


def test_missing_class_is_waited_for() -> None:
    async def test(world: Simulation) -> None:
        await world.start()
        key = world.apply()
        status = await world.until_phase(key, "Queued")
        assert reason(status) == "ClassNotFound"
        world.apply_class()
        await world.until_phase(key, "Succeeded", within=10)
        await world.until_quiet()

    simulate(test)


def test_missing_bucket_is_waited_for() -> None:
    async def test(world: Simulation) -> None:
        world.buckets.existing.clear()
        world.apply_class()
        await world.start()
        key = world.apply()
        status = await world.until_phase(key, "Queued")
        assert reason(status) == "StorageUnavailable"
        assert "create it" in status["conditions"][0]["message"]
        world.buckets.existing.add("shots")
        await world.until_phase(key, "Succeeded", within=20)
        await world.until_quiet()

    simulate(test)


def test_bucket_that_cannot_be_reached_after_the_upload_is_waited_for() -> None:
    def breaks_the_bucket(job: CaptureJob, pod: Raw) -> End:
        world.buckets.problem = "out of order"
        return End.SUCCEEDS

    async def test(_: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        await world.until(lambda: "out of order" in str(world.cluster.status_of(key)))
        world.buckets.problem = None
        status = await world.until_phase(key, "Succeeded", within=10)
        assert len(status["attempts"]) == 1
        await world.until_quiet()

    world = Simulation(script=breaks_the_bucket)
    run_virtually(lambda: test(world))


def test_deleted_request_takes_its_pod_with_it_at_once() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        key = world.apply()
        await world.until_phase(key, "Capturing")
        world.cluster.remove_request(key)
        await world.until(lambda: not world.cluster.pods, within=3)
        assert key not in world.state.cache.requests

    simulate(test)


def test_foreign_pod_in_the_way_is_told_and_left_alone() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        body = {
            "metadata": {
                "namespace": "team",
                "name": "shot-5f2c0-1-1-1",
                "uid": "x",
                "creationTimestamp": "2026-01-01T12:00:00Z",
            }
        }
        world.cluster.pods["team", "shot-5f2c0-1-1-1"] = {**body, "status": {"phase": "Running"}}
        world.cluster.touch_pod(("team", "shot-5f2c0-1-1-1"))
        await world.start()
        status = await world.until_phase(world.apply(), "Failed")
        assert (reason(status), conditions(status)["Stalled"]) == ("PodRejected", "True")
        assert list(world.cluster.pods) == [("team", "shot-5f2c0-1-1-1")]

    simulate(test)


class Interruption:
    """Cuts the operator off at the call number `at`, counted from 1."""

    def __init__(self, at: int, cut: Callable[[], BaseException]) -> None:
        self.at = at
        self.calls = 0
        self.where = ""
        self._cut = cut

    def __call__(self, where: str) -> None:
        self.calls += 1
        if self.calls == self.at:
            self.where = where
            raise self._cut()


async def live_with(world: Simulation, interruption: Interruption, *, killed: bool) -> None:
    """Let a request live to its end; after the interruption, a killed operator starts again from nothing."""
    world.apply_class()
    world.cluster.interfere = world.buckets.interfere = interruption
    await world.start()
    key = world.apply()
    if killed:
        await world.until(lambda: bool(interruption.where) or is_quiet(world, key))
        await world.stop()
        await world.start()
    await world.until_phase(key, "Succeeded")
    await world.until_quiet()


def is_quiet(world: Simulation, key: Key) -> bool:
    return world.cluster.status_of(key).get("phase") == "Succeeded" and not world.cluster.pods


def assert_went_as_if_nothing_had_happened(world: Simulation, *, attempts: int) -> None:
    """Every name was created once, the objects are those of one run, and the status tells them."""
    (key,) = world.cluster.requests
    status = world.cluster.status_of(key)
    assert conditions(status)["Ready"] == "True"
    assert status["run"] == 1
    assert len(world.cluster.created) == len(set(world.cluster.created))
    assert len(world.cluster.created) == attempts
    assert len(world.buckets.objects) == 1
    assert status["storageKey"] == next(iter(world.buckets.objects))[1]
    assert [attempt["index"] for attempt in status["attempts"]] == list(range(1, len(status["attempts"]) + 1))
    assert world.cluster.most_live_of_one_run == 1


CUTS: dict[str, tuple[Callable[[], BaseException], bool]] = {
    "killed": (lambda: asyncio.CancelledError(), True),
    "API server away": (lambda: UnavailableError("away"), False),
    "a bug": (lambda: RuntimeError("a bug"), False),
}
LIVES: dict[str, tuple[Script, int]] = {
    "success": (always_succeeds, 1),
    "memory, then success": (in_turn(End.RUNS_OUT_OF_MEMORY, End.SUCCEEDS), 2),
    "lost after upload": (in_turn(End.VANISHES_AFTER_UPLOAD), 1),
}


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("cut", CUTS)
def test_operator_that_is_cut_off_anywhere_ends_in_the_same_place(cut: str, life: str) -> None:
    script, attempts = LIVES[life]
    make, killed = CUTS[cut]
    at, interruption = 0, Interruption(0, make)
    while at == 0 or interruption.where:
        at += 1
        interruption = Interruption(at, make)
        world = simulate(partial(live_with, interruption=interruption, killed=killed), script=script)
        assert_went_as_if_nothing_had_happened(world, attempts=attempts)
    assert at > 8, "there were calls to be cut off at"


@pytest.mark.parametrize("cut", CUTS)
def test_result_that_was_told_to_an_operator_that_is_cut_off_is_not_lost(cut: str) -> None:
    make, killed = CUTS[cut]
    at, interruption = 0, Interruption(0, make)
    while at == 0 or interruption.where:
        at += 1
        interruption = Interruption(at, make)
        world = simulate(partial(live_with, interruption=interruption, killed=killed), reports=True)
        assert_went_as_if_nothing_had_happened(world, attempts=1)


def apply_many(world: Simulation, count: int) -> list[Key]:
    """Apply requests that are a second apart in age, the oldest first. Names break ties: no time passes in a pass."""
    moments = [f"2026-01-01T11:{number // 60:02}:{number % 60:02}Z" for number in range(count)]
    return [
        world.cluster.apply_request(
            raw_request(
                raw_spec(deadline="1h"), name=f"shot-{number:03}", uid=f"{number:05}-uid", creationTimestamp=moment
            )
        )
        for number, moment in enumerate(moments)
    ]


@pytest.mark.parametrize("lag", [0.0, 5.0], ids=["events at once", "events 5 seconds late"])
def test_two_hundred_requests_share_five_pods_first_come_first_served(lag: float) -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        keys = apply_many(world, 200)
        await world.start()
        done = {"Succeeded"}
        await world.until(lambda: {world.cluster.status_of(key).get("phase") for key in keys} == done, within=3000)
        await world.until_quiet()

    world = simulate(test, cluster=FakeCluster(lag=lag), max_pods=5)
    assert world.cluster.most_live == 5
    assert [int(name.split("-")[1]) for name in world.cluster.created] == list(range(200))


def test_request_that_leaves_the_line_holds_up_nobody() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        first, second, third = apply_many(world, 3)
        await world.start()
        await world.until(lambda: world.cluster.status_of(third).get("phase") == "Queued")
        world.cluster.remove_request(second)
        await world.until_phase(first, "Succeeded")
        await world.until_phase(third, "Succeeded", within=20)

    world = simulate(test, max_pods=1)
    assert [name.split("-")[1] for name in world.cluster.created] == ["000", "002"]


@pytest.mark.parametrize("life", LIVES)
def test_cache_that_is_five_seconds_behind_never_makes_two_pods(life: str) -> None:
    script, attempts = LIVES[life]

    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        await world.until_phase(world.apply(), "Succeeded")
        await world.until_quiet()

    world = simulate(test, script=script, cluster=FakeCluster(lag=5.0))
    assert_went_as_if_nothing_had_happened(world, attempts=attempts)
