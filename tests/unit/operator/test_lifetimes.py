"""How requests, images and pods end, in a cluster of our own."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from kubeshot_contract.job import CaptureJob
from kubeshot_operator.api import crd
from kubeshot_operator.api.model import Key
from kubeshot_operator.runtime.intake import Intake
from unit.contract.make import raw_spec
from unit.operator.builders import raw_container_status, raw_pod
from unit.operator.fake_cluster import FakeCluster, Raw
from unit.operator.simulation import End, Simulation
from unit.operator.test_life import CUTS, Interruption, in_turn, simulate
from unit.operator.virtual_time import run_virtually

ARGO = {"annotations": {"argocd.argoproj.io/tracking-id": "shop:kubeshot.dev/ScreenshotRequest:team/shot"}}
OTHER_URL = "https://example.com/other"


def kept(status: Raw) -> Raw | None:
    return next((item for item in status["conditions"] if item["type"] == "Kept"), None)


def finalizers(world: Simulation, key: Key) -> list[str]:
    return list(world.cluster.requests[key]["metadata"].get("finalizers", []))


class TestTimeToLive:
    @pytest.mark.parametrize("ending", [End.SUCCEEDS, End.ANSWERS_404], ids=["succeeded", "failed"])
    def test_request_goes_when_its_time_has_come(self, ending: End) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(ttlAfterFinished="5m"))
            await world.until(lambda: world.cluster.status_of(key).get("phase") in ("Succeeded", "Failed"))
            await asyncio.sleep(295)
            assert key in world.cluster.requests
            await world.until(lambda: key not in world.cluster.requests, within=10)
            assert key not in world.state.cache.requests

        world = simulate(test, script=in_turn(ending))
        assert len(world.buckets.objects) == (1 if ending is End.SUCCEEDS else 0), "images stay"

    def test_operator_that_starts_later_still_sees_to_it(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(ttlAfterFinished="5m"))
            await world.until_phase(key, "Succeeded")
            await world.stop()
            await asyncio.sleep(3600)
            await world.start()
            await world.until(lambda: key not in world.cluster.requests, within=1)

        simulate(test)

    def test_request_that_is_tracked_is_kept_and_says_so_once(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(ttlAfterFinished="1m"), **ARGO)
            await world.until(lambda: kept(world.cluster.status_of(key)) is not None if started(world, key) else False)
            writes = world.cluster.writes
            await world.stop()
            await world.start()
            await asyncio.sleep(3600)
            assert world.cluster.writes == writes
            assert world.cluster.status_of(key)["phase"] == "Succeeded"

        def started(world: Simulation, key: Key) -> bool:
            return "conditions" in world.cluster.status_of(key)

        world = simulate(test)
        assert [event.reason for _, event in world.cluster.events] == ["Created", "Captured", "Kept"]

    @pytest.mark.parametrize("lag", [0.0, 5.0], ids=["events at once", "events 5 seconds late"])
    def test_request_that_changes_as_its_time_comes_is_captured_anew(self, lag: float) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(ttlAfterFinished="1m"))
            finished = await world.until_phase(key, "Succeeded")
            asyncio.get_running_loop().call_later(
                59.0 - lag / 2, world.apply, raw_spec(ttlAfterFinished="10m", url=OTHER_URL)
            )
            await world.until(lambda: world.cluster.status_of(key).get("run") == 2, within=90)
            status = await world.until_phase(key, "Succeeded")
            assert status["storageKey"] != finished["storageKey"]

        simulate(test, cluster=FakeCluster(lag=lag))


class TestRetention:
    def test_images_go_before_their_request(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(retention="Delete"))
            await world.until_phase(key, "Succeeded")
            world.apply(raw_spec(retention="Delete", outputs=[{"name": "other", "format": "JPEG"}]))
            await world.until(lambda: world.cluster.status_of(key)["run"] == 2)
            await world.until_phase(key, "Succeeded")
            await world.until_quiet()
            assert len(world.buckets.objects) == 2, "images of earlier runs stay while the request does"
            assert finalizers(world, key) == [crd.STORED_IMAGES_FINALIZER]
            world.cluster.remove_request(key)
            assert key in world.cluster.requests
            await world.until(lambda: key not in world.cluster.requests, within=5)

        assert simulate(test).buckets.objects == {}

    def test_request_is_held_before_its_first_pod(self) -> None:
        def is_held(job: CaptureJob, pod: Raw) -> End:
            assert finalizers(world, Key("team", "shot")) == [crd.STORED_IMAGES_FINALIZER]
            return End.SUCCEEDS

        async def test(_: Simulation) -> None:
            world.apply_class()
            await world.start()
            await world.until_phase(world.apply(raw_spec(retention="Delete")), "Succeeded")
            await world.until_quiet()

        world = Simulation(script=is_held)
        simulated(world, test)
        assert world.cluster.writes <= 3, "the finalizer costs no status write"

    def test_finalizers_of_others_are_never_lost(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(retention="Delete"), finalizers=["example.com/theirs"])
            await world.until_phase(key, "Succeeded")
            assert finalizers(world, key) == ["example.com/theirs", crd.STORED_IMAGES_FINALIZER]
            world.cluster.remove_request(key)
            await world.until(lambda: finalizers(world, key) == ["example.com/theirs"], within=5)
            assert world.buckets.objects == {}

        simulate(test)

    def test_request_that_retains_by_now_is_released(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(retention="Delete"))
            await world.until_phase(key, "Succeeded")
            world.apply(raw_spec())
            await world.until(lambda: finalizers(world, key) == [])
            await world.until(lambda: world.cluster.status_of(key)["run"] == 2)
            await world.until_phase(key, "Succeeded")
            world.cluster.remove_request(key)
            assert key not in world.cluster.requests

        assert len(simulate(test).buckets.objects) == 2

    @pytest.mark.parametrize("mode", ["Never", "Warm"])
    def test_request_that_is_deleted_as_it_captures_leaves_nothing(self, mode: str) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class(reuse={"mode": mode})
            await world.start()
            key = world.apply(raw_spec(retention="Delete"))
            await world.until_phase(key, "Capturing")
            world.cluster.remove_request(key)
            await world.until(lambda: key not in world.cluster.requests, within=90)
            await asyncio.sleep(120)

        assert simulate(test).buckets.objects == {}

    def test_bucket_that_is_away_keeps_the_request_until_it_is_back(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(retention="Delete"))
            await world.until_phase(key, "Succeeded")
            world.buckets.problem = "out of order"
            world.cluster.remove_request(key)
            await asyncio.sleep(600)
            condition = kept(world.cluster.status_of(key))
            assert condition is not None
            assert "out of order; set spec.retention to Retain" in condition["message"]
            world.buckets.problem = None
            await world.until(lambda: key not in world.cluster.requests, within=301)

        world = simulate(test)
        assert world.buckets.objects == {}
        assert [event.reason for _, event in world.cluster.events] == ["Created", "Captured", "Kept"]

    @pytest.mark.parametrize(
        "way_out",
        [
            lambda world: world.apply(raw_spec(retention="Retain")),
            lambda world: world.apply_class(),
        ],
        ids=["retention Retain", "the class is back"],
    )
    def test_class_that_is_gone_keeps_the_request_until_somebody_helps(
        self, way_out: Callable[[Simulation], Any]
    ) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply(raw_spec(retention="Delete"))
            await world.until_phase(key, "Succeeded")
            world.cluster.remove_class("default")
            world.cluster.remove_request(key)
            await world.until(lambda: kept(world.cluster.status_of(key)) is not None)
            await asyncio.sleep(60)
            way_out(world)
            await world.until(lambda: key not in world.cluster.requests, within=2)

        simulate(test)

    @pytest.mark.parametrize("cut", CUTS)
    def test_operator_that_is_cut_off_anywhere_leaves_nothing(self, cut: str) -> None:
        make, killed = CUTS[cut]
        at, interruption = 0, Interruption(0, make)
        while at == 0 or interruption.where:
            at += 1
            interruption = Interruption(at, make)
            world = simulate(partial(live_and_go, interruption=interruption, killed=killed))
            assert (world.buckets.objects, world.cluster.pods, world.cluster.requests) == ({}, {}, {})
        assert at > 12, "there were calls to be cut off at"


async def live_and_go(world: Simulation, interruption: Interruption, *, killed: bool) -> None:
    """Let a request with a time to live and with `retention: Delete` live and go."""
    world.apply_class()
    world.cluster.interfere = world.buckets.interfere = interruption
    await world.start()
    world.apply(raw_spec(retention="Delete", ttlAfterFinished="1m"))
    if killed:
        await world.until(lambda: bool(interruption.where) or not world.cluster.requests)
        await world.stop()
        await world.start()
    await world.until(lambda: not world.cluster.requests)
    await world.until_quiet()


def simulated(world: Simulation, test: Callable[[Simulation], Any]) -> None:
    """Run a test in a simulation that it made itself."""

    async def main() -> None:
        try:
            await test(world)
        finally:
            await world.stop()

    run_virtually(main)


def upload_and(world: Simulation, ending: End) -> Callable[[CaptureJob, Raw], End]:
    """Return a script in which a pod stores its images and then ends in another way than by success."""

    def script(job: CaptureJob, pod: Raw) -> End:
        world.store(job)
        return ending

    return script


class TestLeftovers:
    @pytest.mark.parametrize("mode", ["Never", "Warm"])
    @pytest.mark.parametrize("ending", [End.CANNOT_CONNECT, End.ANSWERS_404])
    def test_failed_run_leaves_nothing(self, ending: End, mode: str) -> None:
        async def test(_: Simulation) -> None:
            world.apply_class(reuse={"mode": mode})
            await world.start()
            key = world.apply()
            await world.until_phase(key, "Failed")
            await world.until_quiet()
            assert world.buckets.uploads
            assert world.buckets.objects == {}

        world = Simulation()
        world.script = upload_and(world, ending)
        simulated(world, test)

    @pytest.mark.parametrize("mode", ["Never", "Warm"])
    @pytest.mark.parametrize(
        "change",
        [{"outputs": [{"name": "other"}]}, {"suspend": True}, {"storage": {"keyPrefix": "elsewhere/"}}],
        ids=str,
    )
    def test_run_that_is_superseded_leaves_nothing(self, mode: str, change: dict[str, Any]) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class(reuse={"mode": mode})
            await world.start()
            key = world.apply()
            status = await world.until_phase(key, "Capturing")
            [noted] = status["uploads"]
            for stored in noted["keys"]:
                world.buckets.put("shots", stored)
            world.apply(raw_spec(**change))
            await world.until_phase(key, "Suspended" if "suspend" in change else "Succeeded")
            await world.until_quiet()
            assert "uploads" not in world.cluster.status_of(key)
            assert not {("shots", stored) for stored in noted["keys"]} & world.buckets.objects.keys()

        simulate(test)

    def test_bucket_that_is_away_is_cleared_when_it_is_back(self) -> None:
        async def test(_: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply()
            await world.until_phase(key, "Capturing")
            world.buckets.problem = "out of order"
            status = await world.until_phase(key, "Failed")
            await asyncio.sleep(600)
            assert status["uploads"][0]["keys"] == [stored for _, stored in world.buckets.objects]
            world.buckets.problem = None
            await world.until_quiet()
            assert world.buckets.objects == {}

        world = Simulation()
        world.script = upload_and(world, End.ANSWERS_404)
        simulated(world, test)

    @pytest.mark.parametrize("mode", ["Never", "Warm"])
    def test_request_that_is_deleted_as_it_captures_leaves_nothing(self, mode: str) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class(reuse={"mode": mode})
            await world.start()
            key = world.apply()
            [noted] = (await world.until_phase(key, "Capturing"))["uploads"]
            for stored in noted["keys"]:
                world.buckets.put("shots", stored)
            world.cluster.remove_request(key)
            again = world.apply(uid="another-uid")
            await world.until_phase(again, "Succeeded")
            await world.until(lambda: not world.state.cache.parted)
            await world.until_quiet()
            assert [stored for _, stored in world.buckets.objects] == [world.cluster.status_of(again)["storageKey"]]

        simulate(test)

    def test_success_is_no_leftover(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            key = world.apply()
            await world.until_phase(key, "Capturing")
            assert world.cluster.status_of(key)["uploads"]
            status = await world.until_phase(key, "Succeeded")
            await world.until_quiet()
            assert "uploads" not in status

        assert len(simulate(test).buckets.objects) == 1


def orphan(**metadata: Any) -> Raw:
    """Return the pod of a request that is gone."""
    owner = {"apiVersion": crd.API_VERSION, "kind": crd.REQUEST_KIND, "name": "shot", "uid": "gone-uid"}
    return raw_pod(raw_container_status("Running", running={}), **{"ownerReferences": [owner], **metadata})


class TestOrphans:
    @pytest.mark.parametrize("listed", ["at the start", "later"])
    def test_pod_of_a_request_that_is_gone_goes_with_the_next_list(self, listed: str) -> None:
        async def test(world: Simulation) -> None:
            if listed == "later":
                await world.start()
            world.cluster.pods["team", "stray"] = orphan(name="stray")
            if listed == "later":
                # Its watch missed it.
                Intake(world.state).listing(world.cluster.listing())
            else:
                await world.start()
            await world.until(lambda: not world.cluster.pods, within=5)

        simulate(test)

    def test_pod_of_an_earlier_request_of_the_same_name_goes(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            key = world.apply()
            world.cluster.pods["team", "stray"] = orphan(name="stray")
            await world.start()
            await world.until(lambda: ("team", "stray") not in world.cluster.pods, within=2)
            await world.until_phase(key, "Succeeded")

        assert simulate(test).cluster.created == ["shot-5f2c0-1-1-1"]

    def test_pod_of_a_request_that_is_finished_goes(self) -> None:
        async def test(world: Simulation) -> None:
            world.apply_class()
            await world.start()
            await world.until_phase(world.apply(), "Succeeded")
            await world.until_quiet()
            late = raw_pod(raw_container_status("Running", running={}), name="late", attempt=2)
            world.cluster.pods["team", "late"] = late
            Intake(world.state).listing(world.cluster.listing())
            await world.until(lambda: not world.cluster.pods, within=5)

        simulate(test)

    def test_pod_of_a_request_that_is_not_heard_of_yet_stays(self) -> None:
        async def test(world: Simulation) -> None:
            await world.start()
            world.cluster.pods["team", "early"] = orphan(name="early")
            world.cluster.touch_pod(("team", "early"))
            await asyncio.sleep(60)
            assert list(world.cluster.pods) == [("team", "early")]

        simulate(test)
