"""Requests that are over cost next to nothing, and come back to life at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from scale import load
from scale.client import Client, connected
from scale.conftest import Sizes
from scale.control_plane import ControlPlane
from scale.operator_process import Operator
from scale.seeding import seed

NAMESPACES = 50
BYTES_EACH = 500
START_SECONDS = 30.0
# Below this, memory that comes and goes is more than all of them.
MANY = 20_000
ANEW_SECONDS = 2.0
WITHIN = 120.0


def test_requests_that_are_over_cost_next_to_nothing(plane: ControlPlane, operator: Operator, sizes: Sizes) -> None:
    asyncio.run(_capture_one(plane))
    few = sizes.finished // 5
    operator.stop()
    asyncio.run(_seed(plane, range(few)))
    operator.start()
    # A page of the LIST takes its memory, and Python keeps that: what each one costs is told by the difference.
    before = operator.figures().memory
    operator.stop()
    asyncio.run(_seed(plane, range(few, sizes.finished)))
    begun = time.monotonic()
    operator.start()
    seconds, each = time.monotonic() - begun, (operator.figures().memory - before) / (sizes.finished - few)
    print(f"\n{sizes.finished} finished: start {seconds:.1f} s, {each:.0f} bytes each")
    told, done = asyncio.run(_change_one(plane))
    print(f"one of them whose spec changes: a new run after {told:.2f} s, captured after {done:.2f} s")
    assert told < ANEW_SECONDS
    assert seconds < START_SECONDS
    assert each < BYTES_EACH or sizes.finished < MANY


async def _capture_one(plane: ControlPlane) -> None:
    async with _client(plane) as client:
        await load.make_namespaces(client, NAMESPACES)
        await load.create(client, [load.request("team-0", "model")])
        await load.all_finished(client, "model", WITHIN, lambda _: None)


async def _seed(plane: ControlPlane, numbers: range) -> None:
    async with _client(plane) as client:
        model = await client.call("GET", load.path_of(load.request("team-0", "model")))
        begun = time.monotonic()
        await seed(plane.etcd, model, [f"team-{number}" for number in range(NAMESPACES)], numbers, "old")
        print(f"\nseeded in {time.monotonic() - begun:.1f} s", flush=True)
        # The API server's own cache follows etcd at its own pace, and until then it answers no LIST.
        while not await _knows(client, f"old-{numbers[-1]}", numbers[-1] % NAMESPACES):
            await asyncio.sleep(1.0)
        print(f"known after {time.monotonic() - begun:.1f} s", flush=True)


async def _knows(client: Client, name: str, namespace: int) -> bool:
    """Say whether the API server's cache has a request."""
    path = load.path_of(load.request(f"team-{namespace}", name))
    try:
        return bool(await client.call("GET", f"{path}?resourceVersion=0"))
    except aiohttp.ClientResponseError:
        return False


async def _change_one(plane: ControlPlane) -> tuple[float, float]:
    """Change a spec; return the seconds until a new run is begun, and until it is over."""
    path = load.path_of(load.request("team-1", "old-1"))
    async with _client(plane) as client:
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


@asynccontextmanager
async def _client(plane: ControlPlane) -> AsyncIterator[Client]:
    async with connected(plane.server, plane.token, plane.authority) as client:
        yield client
