"""What a ResourceQuota refuses is asked for once in a while, for all that wait, and at once when a pod has ended."""

from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.api.model import Pool
from kubeshot_operator.decide.quotas import Quotas
from unit.contract.make import raw_spec
from unit.operator.builders import after
from unit.operator.fake_cluster import Raw
from unit.operator.simulation import Simulation
from unit.operator.test_life import simulate

POOL = Pool("team", "default")
WORDS = "exceeded quota: few, used: pods=5, limited: pods=5"


def waits(quotas: Quotas, pods: int, seconds: float) -> bool:
    return quotas.words(POOL, pods, after(seconds)) is not None


def test_nobody_asks_again_for_a_while() -> None:
    quotas = Quotas()
    assert quotas.refuse(POOL, WORDS, 5, after(0)) == after(15)
    assert quotas.words(POOL, 5, after(14)) == WORDS
    assert not waits(quotas, 5, 15)


def test_then_one_asks_at_a_time() -> None:
    quotas = Quotas()
    quotas.refuse(POOL, WORDS, 5, after(0))
    assert waits(quotas, 6, 15), "one is asking"
    quotas.see({"team": 6})
    assert not waits(quotas, 6, 16), "it has got its pod"
    assert not waits(quotas, 20, 15 + 60), "that was another story"


def test_pod_that_has_ended_makes_room() -> None:
    quotas = Quotas()
    quotas.refuse(POOL, WORDS, 5, after(0))
    assert not waits(quotas, 4, 1)
    assert quotas.refuse(POOL, WORDS, 4, after(2)) == after(4), "the quota may not know yet"
    assert waits(quotas, 4, 3)
    assert quotas.refuse(POOL, WORDS, 4, after(4)) == after(34), "somebody else has used it"


def test_pod_that_is_seen_late_is_counted() -> None:
    quotas = Quotas()
    quotas.refuse(POOL, WORDS, 0, after(0))
    assert waits(quotas, 0, 1)
    quotas.see({"team": 1})
    assert waits(quotas, 1, 2)
    assert not waits(quotas, 0, 3), "it has ended"


def test_the_longer_it_lasts_the_less_often_it_is_asked_for() -> None:
    quotas, now, pauses = Quotas(), 0.0, []
    for _ in range(5):
        until = quotas.refuse(POOL, WORDS, 5, after(now))
        pauses.append((until - after(now)).total_seconds())
        now += pauses[-1]
    assert pauses == [15, 30, 60, 60, 60]
    assert quotas.refuse(POOL, WORDS, 5, after(now + 3600)) == after(now + 3615), "that one was another story"


def test_those_that_ask_at_the_same_time_count_as_one() -> None:
    quotas = Quotas()
    assert {quotas.refuse(POOL, WORDS, 5, after(second)) for second in range(5)} == {after(15)}


def test_clock_that_is_set_back_holds_up_nobody() -> None:
    quotas = Quotas()
    quotas.refuse(POOL, WORDS, 5, after(0))
    assert not waits(quotas, 5, -3600)
    assert quotas.next_at(after(-3600)) is None
    assert quotas.refuse(POOL, WORDS, 5, after(-3600)) <= after(-3600 + 60)


def test_other_classes_and_namespaces_are_not_held_up() -> None:
    quotas = Quotas()
    quotas.refuse(POOL, WORDS, 5, after(0))
    assert quotas.words(Pool("team", "small"), 5, after(1)) is None
    assert quotas.words(Pool("other", "default"), 5, after(1)) is None


def apply_many(world: Simulation, count: int) -> list[Raw]:
    for number in range(count):
        world.apply(raw_spec(deadline="1h"), name=f"shot-{number:03}", uid=f"uid-{number:03}")
    return list(world.cluster.requests.values())


def test_quota_that_holds_up_hundreds_is_asked_for_once_a_minute() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        world.cluster.quotas["team"] = 0
        await world.start()
        bodies = apply_many(world, 200)
        begun = world.cluster.now()
        await world.until(lambda: (world.cluster.now() - begun).total_seconds() >= 600)
        ready = [body["status"]["conditions"][0] for body in bodies]
        assert {condition["reason"] for condition in ready} == {"QuotaExceeded"}
        assert all("exceeded quota: pods, used: pods=0" in condition["message"] for condition in ready)
        assert world.cluster.writes <= 2 * 200, "it says so, and no more than that"

    world = simulate(test)
    assert world.cluster.created == []
    assert world.cluster.refused <= world.max_pods + 12, "one at a time, but for the first"


def test_pods_of_a_full_quota_follow_each_other_without_a_pause() -> None:
    async def test(world: Simulation) -> None:
        world.apply_class()
        world.cluster.quotas["team"] = 2
        await world.start()
        bodies = apply_many(world, 40)
        # Two at a time, 5 seconds each, and at times one is asked for too soon.
        await world.until(lambda: all(body["status"].get("phase") == "Succeeded" for body in bodies), within=180)
        await world.until_quiet()

    world = simulate(test)
    assert world.cluster.most_live == 2
    assert world.cluster.refused <= 2 * 40


def test_api_server_that_creates_no_pods_is_told_of_when_it_lasts() -> None:
    def breaks(where: str) -> None:
        if where == "before create":
            raise UnavailableError("HTTP 500: failed calling webhook policy.example.com")

    async def test(world: Simulation) -> None:
        world.apply_class()
        world.cluster.interfere = breaks
        await world.start()
        key = world.apply()
        await world.until(lambda: "conditions" in world.cluster.status_of(key))
        status = world.cluster.status_of(key)
        assert (status["phase"], status["conditions"][0]["reason"]) == ("Queued", "PodRejected")
        assert "failed calling webhook policy.example.com" in status["conditions"][0]["message"]
        world.cluster.interfere = lambda _: None
        status = await world.until_phase(key, "Succeeded")
        assert len(status["attempts"]) == 1
        await world.until_quiet()

    simulate(test)


def test_retry_that_meets_a_short_fault_of_the_api_server_says_nothing_of_it() -> None:
    faults = iter([True, True, False])

    def breaks(where: str) -> None:
        if where == "before create" and next(faults, False):
            raise UnavailableError("HTTP 503: etcd is electing a leader")

    async def test(world: Simulation) -> None:
        world.apply_class()
        world.cluster.quotas["team"] = 0
        await world.start()
        key = world.apply()
        await world.until_phase(key, "Queued")
        world.cluster.quotas.clear()
        await world.until_phase(key, "Succeeded")

    simulate(test)
