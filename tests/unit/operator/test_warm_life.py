"""Requests that share warm pods, in a cluster of our own: all end, in order, whatever ends under them."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from random import Random
from typing import Any

import pytest

from kubeshot_contract.job import CaptureJob
from kubeshot_operator.adapters.errors import ConflictError, UnavailableError
from kubeshot_operator.api.model import Key
from unit.contract.make import raw_spec
from unit.operator.builders import raw_container_status
from unit.operator.fake_cluster import Raw, is_live, nothing_happens
from unit.operator.simulation import End, Simulation
from unit.operator.test_life import CUTS, Interruption
from unit.operator.virtual_time import run_virtually

BEGIN = "2026-01-01T12:{:02}:{:02}Z"


def simulate(
    test: Callable[[Simulation], Coroutine[Any, Any, None]], reuse: Raw | None = None, **settings: Any
) -> Simulation:
    """Run a test in a simulation whose class has warm pods, and return the simulation when it is over."""
    world = Simulation(**settings)

    async def main() -> None:
        world.apply_class(reuse={"mode": "Warm", **(reuse or {})})
        try:
            await world.start()
            await test(world)
        finally:
            await world.stop()

    run_virtually(main)
    return world


def apply_many(world: Simulation, count: int, namespace: str = "team", **spec: Any) -> list[Key]:
    """Apply so many requests at once."""
    names = [f"shot-{number:03}" for number in range(count)]
    specs = raw_spec(**spec)
    return [world.apply(specs, name=name, namespace=namespace, uid=f"{namespace}-{name}") for name in names]


def status(world: Simulation, key: Key) -> Raw:
    return world.cluster.status_of(key)


async def until_all(world: Simulation, keys: list[Key], phase: str = "Succeeded", within: float = 600.0) -> None:
    await world.until(lambda: all(status(world, key).get("phase") == phase for key in keys), within)


def warm_pods(world: Simulation) -> list[str]:
    """Return the names of the warm pods that live."""
    return [name for (_, name), pod in world.cluster.pods.items() if "-warm-" in name and is_live(pod)]


def attempts(world: Simulation, key: Key) -> list[tuple[str, str | None]]:
    """Return the pod and the reason of each attempt of a request."""
    return [(attempt["podName"], attempt.get("reason")) for attempt in status(world, key)["attempts"]]


def test_requests_share_pods_that_end_when_all_is_done() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 20)
        await until_all(world, keys, within=60)
        assert {len(attempts(world, key)) for key in keys} == {1}
        assert {attempts(world, key)[0][0] for key in keys} == set(world.warm)
        await world.until(lambda: not world.cluster.pods, within=60)
        await world.until_quiet()

    world = simulate(test, max_pods=20)
    assert 1 < len(world.cluster.created) <= 8, "as many as the class allows"
    assert len(world.buckets.uploads) == 20


@pytest.mark.parametrize("retention", ["Retain", "Delete"])
def test_request_goes_when_its_time_has_come(retention: str) -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 4, ttlAfterFinished="2m", retention=retention)
        await until_all(world, keys, within=60)
        await world.until(lambda: not world.cluster.requests, within=130)

    # No LIST finds out what nobody looked at.
    world = simulate(test)
    assert len(world.buckets.objects) == (4 if retention == "Retain" else 0)


def test_first_request_of_all_gets_a_pod_and_is_told_what_it_waits_for() -> None:
    async def test(world: Simulation) -> None:
        [key] = apply_many(world, 1)
        queued = await world.until_phase(key, "Queued", within=1)
        assert "warm pod default-warm-" in queued["conditions"][0]["message"]
        capturing = await world.until_phase(key, "Capturing", within=4)
        [attempt] = capturing["attempts"]
        assert attempt["podName"] == world.cluster.created[0]
        assert "memoryLimit" not in attempt
        done = await world.until_phase(key, "Succeeded", within=4)
        assert {"queued", "total"} <= done["timings"].keys()

    world = simulate(test)
    assert world.cluster.writes == 3
    assert [event.reason for _, event in world.cluster.events] == ["Captured"]


def test_oldest_request_goes_first() -> None:
    async def test(world: Simulation) -> None:
        apply_many(world, 4)
        await world.until(lambda: len(world.warm) == 1)
        for number in range(12):
            await asyncio.sleep(0.1)
            world.apply(name=f"later-{number:03}", uid=f"later-{number:03}")
        later = [Key("team", f"later-{number:03}") for number in range(12)]
        await until_all(world, later)
        begun = [status(world, key)["startTime"] for key in later]
        assert begun == sorted(begun)

    simulate(test, reuse={"maxPods": 1})


def test_number_of_pods_follows_the_queue() -> None:
    async def test(world: Simulation) -> None:
        await until_all(world, apply_many(world, 2), within=30)
        assert len(world.cluster.created) == 1, "two pages fit into one pod"
        await world.until(lambda: not world.cluster.pods, within=60)
        keys = [world.apply(name=f"more-{number}", uid=f"more-{number}") for number in range(6)]
        await until_all(world, keys, within=30)
        assert len(world.cluster.created) <= 4
        await world.until(lambda: not world.cluster.pods, within=60)

    simulate(test)


def test_warm_pods_count_as_slots_of_the_operator() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 30) + apply_many(world, 30, namespace="other")
        await until_all(world, keys)

    assert simulate(test, max_pods=3).cluster.most_live <= 3


def test_idle_pod_makes_room_for_those_that_wait_for_one() -> None:
    async def test(world: Simulation) -> None:
        await until_all(world, apply_many(world, 1), within=30)
        alone = world.apply(supplied()[0], name="alone", uid="alone")
        await until_all(world, [alone, *apply_many(world, 1, namespace="other")], within=40)
        assert attempts(world, alone)[0][0].startswith("alone-")

    assert simulate(test, reuse={"idleTimeout": "1h"}, max_pods=1).cluster.most_live == 1


def test_busy_pods_make_room_for_those_that_have_waited_much_longer() -> None:
    async def test(world: Simulation) -> None:
        apply_many(world, 3)
        await world.until(lambda: len(warm_pods(world)) == 2)
        [other] = apply_many(world, 1, namespace="other")
        for number in range(60):
            await asyncio.sleep(1)
            later = [world.apply(name=f"later-{number}-{page}", uid=f"later-{number}-{page}") for page in range(4)]
        await world.until_phase(other, "Succeeded", within=60)
        assert status(world, later[-1]).get("phase") != "Succeeded", "the others are not done yet"
        assert len(world.cluster.created) <= 5, "one pod gave way"

    simulate(test, max_pods=2)


def test_each_namespace_has_pods_of_its_own() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 6) + apply_many(world, 6, namespace="other")
        await until_all(world, keys)
        for warm in world.warm.values():
            namespace = warm.body["metadata"]["namespace"]
            assert {name.uid.partition("-")[0] for name in warm.handed} <= {namespace}

    simulate(test)


def test_pod_that_has_made_its_captures_is_followed_by_another() -> None:
    async def test(world: Simulation) -> None:
        await until_all(world, apply_many(world, 20))
        assert {warm.captures for warm in world.warm.values()} <= set(range(6))
        assert sum(warm.captures for warm in world.warm.values()) == 20

    simulate(test, reuse={"maxCaptures": 5, "maxPods": 2})


def supplied() -> list[Raw]:
    header = {"name": "Authorization", "valueFrom": {"secretKeyRef": {"name": "login", "key": "token"}}}
    return [
        raw_spec(request={"headers": [header]}),
        raw_spec(request={"storageState": {"secretKeyRef": {"name": "session", "key": "state.json"}}}),
        raw_spec(request={"basicAuth": {"secretRef": {"name": "login"}}}),
        raw_spec(htmlFrom={"configMapKeyRef": {"name": "pages", "key": "home.html"}}),
    ]


@pytest.mark.parametrize("spec", supplied(), ids=["a header", "a session", "a login", "a page"])
def test_request_that_refers_to_what_the_kubelet_supplies_has_a_pod_of_its_own(spec: Raw) -> None:
    async def test(world: Simulation) -> None:
        key = world.apply(spec)
        await world.until_phase(key, "Succeeded")
        assert attempts(world, key) == [("shot-5f2c0-1-1-1", None)]
        assert not world.warm

    simulate(test)


def ends_once(end: End, name: str = "shot-003") -> Callable[[CaptureJob, Raw], End]:
    """Return a script in which the first attempt of one request ends like this, and everything else well."""
    return lambda job, pod: end if (job.name, job.attempt) == (name, 1) else End.SUCCEEDS


def test_pod_that_vanishes_gives_its_claims_back() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 12)
        await until_all(world, keys)
        told = attempts(world, keys[3])
        assert [reason for _, reason in told] == ["PodLost", None]
        assert told[1][0] in world.warm, "it may share a pod again: pods are lost for many reasons"
        await world.until_quiet()

    simulate(test, script=ends_once(End.VANISHES))


def test_pod_that_vanishes_after_an_upload_has_not_captured_in_vain() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 12)
        await until_all(world, keys)
        assert len(attempts(world, keys[3])) == 1
        conditions = {item["type"]: item["status"] for item in status(world, keys[3])["conditions"]}
        assert conditions["Settled"] == "Unknown"

    simulate(test, script=ends_once(End.VANISHES_AFTER_UPLOAD))


def test_page_that_kills_its_pod_is_alone_the_next_time_and_harms_nobody() -> None:
    def kills(job: CaptureJob, pod: Raw) -> End:
        return End.RUNS_OUT_OF_MEMORY if job.name == "shot-003" else End.SUCCEEDS

    async def test(world: Simulation) -> None:
        keys = apply_many(world, 12, retry={"limit": 1})
        others = [key for key in keys if key.name != "shot-003"]
        await until_all(world, others)
        await world.until_phase(keys[3], "Failed")
        told = attempts(world, keys[3])
        assert [reason for _, reason in told] == ["PodLost", *["OutOfMemory"] * 4], "up to the maximum"
        assert "-warm-" not in told[1][0] + told[2][0]
        await world.until_quiet()

    simulate(test, script=kills)


def test_failure_that_is_reported_is_believed() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 6)
        await until_all(world, [key for key in keys if key.name != "shot-003"])
        await world.until_phase(keys[3], "Failed")
        assert [reason for _, reason in attempts(world, keys[3])] == ["HTTPError"]

    simulate(test, script=ends_once(End.ANSWERS_404))


def test_failure_that_is_reported_while_the_api_server_is_away_is_told_to_the_next_operator() -> None:
    def is_away(where: str) -> None:
        raise UnavailableError(where)

    async def test(world: Simulation) -> None:
        [key] = apply_many(world, 1)
        await world.until(lambda: status(world, key).get("phase") == "Capturing")
        world.cluster.interfere = is_away
        # Longer than the capture takes, and its pod waits for another one.
        await asyncio.sleep(20.0)
        await world.stop()
        world.cluster.interfere = nothing_happens
        await world.start()
        await world.until_phase(key, "Failed")
        assert [reason for _, reason in attempts(world, key)] == ["HTTPError"]
        await world.until_quiet()

    simulate(test, {"idleTimeout": "5s"}, script=lambda *_: End.ANSWERS_404)


def test_capture_without_a_word_fails_at_its_time_and_is_tried_alone() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 6)
        await until_all(world, keys)
        told = attempts(world, keys[3])
        assert [reason for _, reason in told] == ["DeadlineExceeded", None]
        assert "-warm-" not in told[1][0]

    simulate(test, script=ends_once(End.NEVER_ENDS))


def test_capture_whose_report_never_arrives_is_found_in_the_bucket() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 6)
        await until_all(world, keys)
        assert [reason for _, reason in attempts(world, keys[3])] == [None]

    world = simulate(test, script=ends_once(End.NEVER_TELLS))
    assert len(world.buckets.uploads) == 6


def test_pods_of_a_class_that_changed_drain() -> None:
    async def test(world: Simulation) -> None:
        await until_all(world, apply_many(world, 4))
        before = set(world.warm)
        world.apply_class(reuse={"mode": "Warm"}, generation=2)
        await world.until(lambda: not before & set(warm_pods(world)), within=25)
        await until_all(world, [world.apply(name="new", uid="new")])
        assert not before & {world.cluster.created[-1]}

    simulate(test, reuse={"idleTimeout": "1h"})


@pytest.mark.parametrize("latency", [0.0, 0.4, 2.0])
def test_pod_that_gives_up_waiting_does_what_it_was_given_in_that_moment(latency: float) -> None:
    async def test(world: Simulation) -> None:
        world.cluster.latency = latency
        for step in range(12):
            first = world.apply(name=f"first-{step}", uid=f"first-{step}")
            await until_all(world, [first])
            await asyncio.sleep(4.0 + step * 0.1 - 2 * latency)
            second = world.apply(name=f"second-{step}", uid=f"second-{step}")
            await until_all(world, [second])
            assert [len(attempts(world, key)) for key in (first, second)] == [1, 1]

    simulate(test, reuse={"idleTimeout": "5s"})


def test_pods_that_end_are_never_more_than_the_class_allows_together_with_the_next() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 40)
        await until_all(world, keys)
        assert {len(attempts(world, key)) for key in keys} == {1}

    world = simulate(test, reuse={"maxPods": 2, "maxCaptures": 5})
    assert len(world.cluster.created) == 8
    assert world.cluster.most_live == 2


@pytest.mark.parametrize("seed", range(6))
def test_conflicts_cost_no_attempt_while_pods_end_for_others(seed: int) -> None:
    random = Random(seed)

    def conflict(where: str) -> None:
        if where in ("before patch", "before create", "before delete") and random.random() < 0.5:
            raise ConflictError("somebody was there first")

    async def test(world: Simulation) -> None:
        world.cluster.latency = 0.1
        world.cluster.interfere = conflict
        keys = []
        for step in range(15):
            for namespace in (f"team-{step % 5}", f"others-{step % 3}"):
                keys.append(world.apply(name=f"shot-{step}", namespace=namespace, uid=f"{namespace}-{step}"))
                await asyncio.sleep(random.uniform(0, 1))
                keys.append(world.apply(name=f"next-{step}", namespace=namespace, uid=f"{namespace}-next-{step}"))
            await asyncio.sleep(random.uniform(0, 3))
        world.cluster.interfere = lambda _: None
        await until_all(world, keys)
        assert {len(attempts(world, key)) for key in keys} == {1}

    simulate(test, reuse={"idleTimeout": "2s"}, max_pods=2)


def test_class_that_has_no_warm_pods_any_more_goes_on_with_pods_for_one() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 30)
        await world.until(lambda: any(status(world, key).get("phase") == "Capturing" for key in keys))
        world.apply_class(reuse={"mode": "Never"}, generation=2)
        await until_all(world, keys)
        assert any("-warm-" not in attempts(world, key)[-1][0] for key in keys)
        await world.until_quiet()

    simulate(test)


@pytest.mark.parametrize("seconds", [1.0, 2.1, 3.0, 5.1, 5.2, 6.0, 8.3, 11.0])
def test_new_operator_knows_what_was_claimed(seconds: float) -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 12)
        await asyncio.sleep(seconds)
        await world.stop()
        await asyncio.sleep(4.0)
        await world.start()
        await until_all(world, keys)
        assert {len(attempts(world, key)) for key in keys} == {1}
        assert len(set(world.buckets.uploads)) == 12
        await world.until_quiet()

    simulate(test)


@pytest.mark.parametrize("cut", CUTS)
def test_operator_that_is_cut_off_anywhere_loses_no_claim(cut: str) -> None:
    make, killed = CUTS[cut]
    at, interruption = 0, Interruption(0, make)
    while at == 0 or interruption.where:
        at += 1
        interruption = Interruption(at, make)
        world = simulate(partial(share_with, interruption=interruption, killed=killed), max_pods=2)
        assert len(world.buckets.objects) == 3
        assert len(world.cluster.created) <= 2, "one pod per pair of pages"
    assert at > 12, "there were calls to be cut off at"


async def share_with(world: Simulation, interruption: Interruption, *, killed: bool) -> None:
    """Let three requests live to their end; after the interruption, a killed operator starts again from nothing."""
    world.cluster.interfere = world.buckets.interfere = interruption
    keys = apply_many(world, 3)
    if killed:
        await world.until(lambda: bool(interruption.where) or (not world.cluster.pods and is_done(world, keys)))
        await world.stop()
        await world.start()
    await until_all(world, keys)
    assert [(status(world, key)["run"], len(attempts(world, key))) for key in keys] == [(1, 1)] * 3
    await world.until_quiet()


def is_done(world: Simulation, keys: list[Key]) -> bool:
    return all(status(world, key).get("phase") == "Succeeded" for key in keys)


def test_events_that_lag_change_nothing() -> None:
    async def test(world: Simulation) -> None:
        world.cluster.lag = 0.7
        keys = apply_many(world, 12)
        await until_all(world, keys)
        assert {len(attempts(world, key)) for key in keys} == {1}
        await world.until_quiet()

    world = simulate(test)
    assert len(world.buckets.uploads) == 12
    assert world.cluster.most_live <= 6


def test_request_that_vanished_unseen_holds_up_nobody() -> None:
    async def test(world: Simulation) -> None:
        first, second, third = apply_many(world, 3)
        await world.until(lambda: status(world, first).get("phase") == "Capturing")
        del world.cluster.requests[second]
        await until_all(world, [first, third], within=60)

    simulate(test, reuse={"maxPods": 1, "pages": 1, "maxCaptures": 1})


def test_bucket_that_is_away_for_the_first_in_line_holds_up_nobody() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 4)
        await world.until(lambda: status(world, keys[0]).get("phase") == "Capturing")
        world.buckets.problem = "away"
        await asyncio.sleep(15)
        world.buckets.problem = None
        await until_all(world, keys, within=60)

    simulate(test, reuse={"maxPods": 1, "pages": 1, "maxCaptures": 1})


def test_quota_is_waited_for() -> None:
    async def test(world: Simulation) -> None:
        world.cluster.quotas["team"] = 0
        keys = apply_many(world, 4)
        await asyncio.sleep(30)
        assert status(world, keys[0])["conditions"][0]["reason"] == "QuotaExceeded"
        world.cluster.quotas.clear()
        await until_all(world, keys, within=75)
        assert {len(attempts(world, key)) for key in keys} == {1}

    simulate(test)


def test_pods_that_cannot_start_leave_requests_to_pods_of_their_own() -> None:
    async def test(world: Simulation) -> None:
        world.cluster.pod_was_created, kubelet = (lambda pod: None), world.cluster.pod_was_created
        keys = apply_many(world, 3)
        await world.until(lambda: bool(world.cluster.created))
        world.cluster.pod_was_created = kubelet
        waiting = {"reason": "CreateContainerConfigError", "message": "it is not as it should be"}
        name = ("team", world.cluster.created[0])
        world.cluster.set_pod_status(name, raw_container_status("Pending", waiting=waiting))
        await until_all(world, keys, within=60)
        assert all("-warm-" not in attempts(world, key)[0][0] for key in keys)
        world.cluster.remove_pod(name)
        await world.until_quiet()

    simulate(test)


def test_changed_request_is_captured_anew() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 4)
        await world.until(lambda: status(world, keys[1]).get("phase") == "Capturing")
        world.apply(raw_spec(url="http://127.0.0.1/other"), name="shot-001", uid="team-shot-001")
        await until_all(world, keys)
        assert (status(world, keys[1])["run"], len(attempts(world, keys[1]))) == (2, 1)
        await world.until_quiet()

    simulate(test)


def test_a_thousand_at_once_all_end() -> None:
    async def test(world: Simulation) -> None:
        keys = apply_many(world, 1000, deadline="1h")
        await until_all(world, keys, within=1200)
        assert {len(attempts(world, key)) for key in keys} == {1}
        await world.until(lambda: not world.cluster.pods, within=60)

    world = simulate(test, max_pods=20)
    assert world.cluster.most_live <= 8
    assert len(world.buckets.uploads) == 1000
    assert world.cluster.writes <= 3 * 1000
