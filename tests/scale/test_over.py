"""Requests that are over cost next to nothing, and come back to life at once."""

import asyncio
import time
from collections.abc import Iterator

import aiohttp
import pytest

from scale import load
from scale.client import Client
from scale.conftest import Sizes
from scale.ground import Ground, running_ground
from scale.ledger import Ledger
from scale.operator_process import Operator
from scale.seeding import seed
from scale.timeline import followed

NAMESPACES = 50
BYTES_EACH = 500
# Below this, memory that comes and goes is more than all of them.
MANY = 10_000
WITHIN = 120.0
TELL_EVERY = 10_000
# What a pass over a request would call.
PASSES = (("get", "screenshotrequests"), ("patch", "screenshotrequests/status"), ("create", "pods"))


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Run a ground of their own: a start is to be measured with so many of them, not with those of other tests too."""
    with running_ground(tmp_path_factory.mktemp("over")) as started:
        yield started


def test_requests_that_are_over_cost_next_to_nothing(
    ground: Ground, operator: Operator, sizes: Sizes, ledger: Ledger
) -> None:
    prefix, few = load.fresh("old"), sizes.finished // 5
    asyncio.run(_capture_model(ground, prefix))
    _start_with(ground, operator, prefix, range(few))
    # Reading them takes memory that Python keeps: what each one costs is told by the difference.
    before = operator.figures()
    seconds = _start_with(ground, operator, prefix, range(few, sizes.finished))
    after = operator.figures()
    told, done = asyncio.run(_change_one(ground, prefix))
    print(f"\none of those that are over whose spec changes: captured after {done:.2f} s")
    ledger.note(finished=sizes.finished, start_seconds=seconds, anew_seconds=told)
    assert [call for call in after.calls if call in PASSES] == [], "none of them was looked at"
    if sizes.finished >= MANY:
        each = (after.memory - before.memory) / (sizes.finished - few)
        ledger.note(bytes_each=each)
        assert each < BYTES_EACH


def _start_with(ground: Ground, operator: Operator, prefix: str, numbers: range) -> float:
    """Store requests that are over while the operator is down; return the seconds of its start."""
    operator.stop()
    asyncio.run(_seed(ground, prefix, numbers))
    begun = time.monotonic()
    operator.start()
    return time.monotonic() - begun


async def _capture_model(ground: Ground, prefix: str) -> None:
    async with ground.connected() as client:
        await load.make_namespaces(client, NAMESPACES)
        async with followed(client, prefix) as timeline:
            await load.create(client, [_model(prefix)])
            await timeline.until_finished(1, WITHIN)


async def _seed(ground: Ground, prefix: str, numbers: range) -> None:
    """Store requests that are like the model but for name and UID."""
    async with ground.connected() as client:
        model = await client.call("GET", load.path_of(_model(prefix)))
        begun = time.monotonic()
        await seed(ground.plane.etcd, model, [f"team-{number}" for number in range(NAMESPACES)], numbers, prefix)
        print(f"\n{len(numbers):,} stored in {time.monotonic() - begun:.1f} s", flush=True)
        # The API server's own cache follows etcd at its own pace, and until then it answers no LIST.
        for known in (*range(numbers.start + TELL_EVERY, numbers.stop, TELL_EVERY), numbers.stop):
            while not await _knows(client, f"{prefix}-{known - 1}", (known - 1) % NAMESPACES):
                await asyncio.sleep(1.0)
            print(f"  {time.monotonic() - begun:4.0f} s: known to the API server up to {known:,}", flush=True)


def _model(prefix: str) -> load.Raw:
    return load.request("team-0", f"{prefix}-model")


async def _knows(client: Client, name: str, namespace: int) -> bool:
    """Say whether the API server's cache has a request."""
    path = load.path_of(load.request(f"team-{namespace}", name))
    try:
        return bool(await client.call("GET", f"{path}?resourceVersion=0"))
    except aiohttp.ClientResponseError:
        return False


async def _change_one(ground: Ground, prefix: str) -> tuple[float, float]:
    """Change a spec; return the seconds until a new run is begun, and until it is over."""
    path = load.path_of(load.request("team-1", f"{prefix}-1"))
    async with ground.connected() as client:
        begun = time.monotonic()
        await client.call("PATCH", path, {"spec": {"url": "http://site.example/other"}})
        told = await _seconds_until(client, path, begun, ("Queued", "Starting", "Capturing", "Succeeded"))
        return told, await _seconds_until(client, path, begun, ("Succeeded",))


async def _seconds_until(client: Client, path: str, begun: float, phases: tuple[str, ...]) -> float:
    async with asyncio.timeout(WITHIN):
        while True:
            status = (await client.call("GET", path))["status"]
            if status["run"] == 2 and status["phase"] in phases:
                return time.monotonic() - begun
            await asyncio.sleep(0.02)
