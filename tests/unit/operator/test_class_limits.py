"""The limits of a class in the whole operator: they hold in the cluster at every instant, whatever the cache knows."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from itertools import cycle
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.api import crd
from kubeshot_operator.api.bucket import Bucket
from kubeshot_operator.api.capture_class import Storage
from kubeshot_operator.api.model import Key
from unit.contract.make import raw_spec
from unit.operator.fake_buckets import FakeBuckets
from unit.operator.fake_cluster import FakeCluster, Raw, is_live
from unit.operator.simulation import Simulation
from unit.operator.virtual_time import run_virtually

LIMITS = {"concurrent": 6, "perNamespace": 4, "perHost": 2}

Place = tuple[str, str]


class Census:
    """Counts what runs in the cluster itself, before and after each call of the operator."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.most: Counter[str] = Counter()
        self._cluster = cluster

    def count(self) -> None:
        """Count what runs now, and remember the most."""
        running = [*self._isolated(), *self._claimed()]
        for kind, counted in (
            ("concurrent", Counter("all" for _ in running)),
            ("perNamespace", Counter(namespace for namespace, _ in running)),
            ("perHost", Counter(host for _, host in running)),
        ):
            self.most[kind] = max(self.most[kind], *counted.values(), 0)

    def _isolated(self) -> list[Place]:
        return [
            (pod["metadata"]["namespace"], pod["metadata"]["annotations"][crd.HOST_ANNOTATION])
            for pod in self._cluster.pods.values()
            if is_live(pod) and crd.RUN_LABEL in pod["metadata"]["labels"]
        ]

    def _claimed(self) -> list[Place]:
        return [
            (key.namespace, str(urlsplit(body["spec"]["url"]).hostname))
            for key, body in self._cluster.requests.items()
            for attempt in (body.get("status") or {}).get("attempts", ())
            if "endTime" not in attempt and "memoryLimit" not in attempt
        ]


def simulate(test: Callable[[Simulation], Coroutine[Any, Any, None]], **settings: Any) -> Simulation:
    """Run a test in a simulation, and return the simulation when it is over."""
    world = Simulation(**settings)

    async def main() -> None:
        try:
            await test(world)
        finally:
            await world.stop()

    run_virtually(main)
    return world


def apply_many(world: Simulation, count: int) -> list[Key]:
    """Apply requests for three hosts, of three namespaces in turns, until the last fifths are of the first alone."""
    return [
        world.apply(
            raw_spec(url=f"http://host-{number % 3}.example/", deadline="1h"),
            namespace=f"team-{number // 3 % 3 if number < count * 3 // 5 else 0}",
            name=f"shot-{number:03}",
            uid=f"{number:05}-uid",
        )
        for number in range(count)
    ]


async def until_done(world: Simulation, keys: list[Key]) -> None:
    await world.until(
        lambda: all(world.cluster.status_of(key).get("phase") == "Succeeded" for key in keys), within=3000
    )


@pytest.mark.parametrize("mode", ["Never", "Warm"])
@pytest.mark.parametrize("lag", [0.0, 5.0], ids=["events at once", "events 5 seconds late"])
def test_limits_hold_at_every_instant(mode: str, lag: float) -> None:
    async def test(world: Simulation) -> None:
        world.apply_class(limits=LIMITS, reuse={"mode": mode})
        keys = apply_many(world, 45)
        await world.start()
        await until_done(world, keys)
        await world.until_quiet()

    cluster = FakeCluster(lag=lag)
    census = Census(cluster)
    cluster.interfere = lambda _: census.count()
    simulate(test, max_pods=20, cluster=cluster)
    assert census.most == LIMITS, "all are used, and none is passed"
    assert cluster.writes <= 4 * 45, "what holds a request up is written when it changes, and not at every look"


@pytest.mark.parametrize("mode", ["Never", "Warm"])
@pytest.mark.parametrize("seed", range(3))
def test_limits_hold_when_answers_are_lost_and_the_operator_is_replaced(mode: str, seed: int) -> None:
    random = Random(seed)
    cluster = FakeCluster(lag=2.0)
    census = Census(cluster)

    def interfere(where: str) -> None:
        census.count()
        if where in ("after create", "after patch") and random.random() < 0.1:
            raise UnavailableError("the answer was lost")

    async def test(world: Simulation) -> None:
        world.apply_class(limits=LIMITS, reuse={"mode": mode})
        keys = apply_many(world, 45)
        await world.start()
        for _ in range(3):
            await asyncio.sleep(random.uniform(2, 12))
            await world.stop()
            await world.start()
        await until_done(world, keys)

    cluster.interfere = interfere
    simulate(test, max_pods=20, cluster=cluster)
    assert all(census.most[kind] <= most for kind, most in LIMITS.items()), census.most


def test_wait_names_the_limit_and_a_change_of_the_class_is_noticed() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class(limits={"perHost": 1})
        keys = apply_many(world, 10)
        await world.start()
        await world.until(lambda: reason(world, keys[5]) == "HostLimit")
        [_, reconciling, *_] = world.cluster.status_of(keys[5])["conditions"]
        assert reconciling["message"] == (
            "1 capture runs at host-2.example, as many as limits.perHost of class default allows; place 3 in the queue"
        )
        world.apply_class()
        await world.until_phase(keys[5], "Capturing", within=3)

    simulate(test, max_pods=20)


def reason(world: Simulation, key: Key) -> str:
    conditions: list[Raw] = world.cluster.status_of(key).get("conditions", [{}])
    return str(conditions[0].get("reason"))


def test_namespace_that_may_not_use_the_class_waits_until_its_labels_say_that_it_may() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class(namespaces={"matchLabels": {"screenshots": "allowed"}})
        world.cluster.label_namespace("team")
        await world.start()
        key = world.apply()
        await world.until_phase(key, "Queued", within=5)
        assert reason(world, key) == "NamespaceNotAllowed"
        await asyncio.sleep(30)
        world.cluster.label_namespace("team", screenshots="allowed")
        await world.until_phase(key, "Succeeded", within=10)

    assert len(simulate(test).cluster.created) == 1


def test_one_request_applied_after_hundreds_of_another_namespace_has_the_next_free_slot() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        await world.start()
        for number in range(300):
            world.apply(namespace="big", name=f"big-{number}", uid=f"{number:05}-uid")
        await world.until(lambda: len(world.cluster.created) == 10)
        world.apply(namespace="small", name="small-0", uid="99999-uid")
        await world.until(lambda: len(world.cluster.created) > 10)

    created = simulate(test, max_pods=5).cluster.created
    assert created[10].startswith("small-0")


def test_new_operator_goes_on_with_the_turns_of_the_one_before() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        for number in range(4):
            world.apply(namespace="big", name=f"big-{number}", uid=f"{number:05}-uid")
        await world.start()
        await world.until(lambda: len(world.cluster.created) == 1)
        world.apply(namespace="small", name="small-0", uid="00009-uid")
        await world.stop()
        await world.start()
        await world.until(lambda: len(world.cluster.created) == 3)

    created = simulate(test, max_pods=1).cluster.created
    assert [name.partition("-")[0] for name in created] == ["big", "small", "big"]


class SlowBuckets(FakeBuckets):
    """Answers later and later, up to a time, and then at once again: a pass may begin first and ask for a slot last."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._delays = cycle(seconds * part / 5 for part in range(6))

    async def check(self, storage: Storage) -> Bucket:
        """Say whether the bucket can be used."""
        await asyncio.sleep(next(self._delays))
        return await super().check(storage)


@pytest.mark.parametrize("seconds", [0.0, 3.0], ids=["buckets answer at once", "buckets answer in up to 3 seconds"])
def test_rate_of_creates_is_kept_and_everybody_has_a_turn(seconds: float) -> None:
    created: list[float] = []

    async def test(world: Simulation) -> None:
        world.cluster.interfere = lambda where: (
            created.append(asyncio.get_running_loop().time()) if where == "before create" else None
        )
        world.apply_class()
        keys = apply_many(world, 30)
        await world.start()
        await until_done(world, keys)

    simulate(test, max_pods=100, creates_per_second=2, buckets=SlowBuckets(seconds))
    assert len(created) == 30
    # A pod is created at most `seconds` after its turn.
    earliest = [created[0] - seconds + (count - 2) / 2 - 0.01 for count in range(30)]
    assert all(moment >= first for moment, first in zip(created, earliest, strict=True))
    assert created[-1] - created[0] < 16 + seconds, "it was used"
