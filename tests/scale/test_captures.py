"""Many requests of many namespaces at once: how fast, at what cost, and that each is captured once."""

import asyncio
import signal
import time

from scale import load
from scale.client import connected
from scale.conftest import Sizes
from scale.control_plane import ControlPlane
from scale.operator_process import Figures, Operator

NAMESPACES = 50
WITHIN = 3600.0


def test_each_request_is_captured_once(plane: ControlPlane, operator: Operator, sizes: Sizes) -> None:
    before = operator.figures()
    seconds = asyncio.run(_capture(plane, sizes.requests))
    after = operator.figures()
    _tell(before, after, sizes.requests, seconds)


def test_kill_in_the_middle_repeats_nothing(plane: ControlPlane, operator: Operator, sizes: Sizes) -> None:
    count = max(sizes.requests // 4, 50)
    made = asyncio.run(_capture_over_a_kill(plane, operator, count))
    print(f"{count} over a kill: {made} pods")
    assert made == count


async def _capture_over_a_kill(plane: ControlPlane, operator: Operator, count: int) -> int:
    """Kill the operator when half is done, and start it anew; return how many pods there ever were."""
    async with connected(plane.server, plane.token, plane.authority) as client:
        namespaces = await load.make_namespaces(client, NAMESPACES)
        names: set[str] = set()
        watching = asyncio.create_task(load.note_pods(client, "killed", names))
        await load.create(client, load.spread(count, namespaces, "killed"))
        async with asyncio.timeout(WITHIN):
            while await load.unfinished(client, "killed") > count // 2:
                await asyncio.sleep(0.2)
        operator.stop(signal.SIGKILL)
        await asyncio.to_thread(operator.start)
        await load.all_finished(client, "killed", WITHIN, lambda left: print(f"{left} left", flush=True))
        assert await load.outcomes(client, "killed") == {("Succeeded", 1, 1): count}
        watching.cancel()
        return len(names)


async def _capture(plane: ControlPlane, count: int) -> float:
    async with connected(plane.server, plane.token, plane.authority) as client:
        namespaces = await load.make_namespaces(client, NAMESPACES)
        begun = time.monotonic()
        await load.create(client, load.spread(count, namespaces, "shot"))
        print(f"\ncreated in {time.monotonic() - begun:.1f} s", flush=True)
        await load.all_finished(client, "shot", WITHIN, lambda left: print(f"{left} left", flush=True))
        seconds = time.monotonic() - begun
        assert await load.outcomes(client, "shot") == {("Succeeded", 1, 1): count}
        return seconds


def _tell(before: Figures, after: Figures, count: int, seconds: float) -> None:
    calls = after.calls - before.calls
    per_capture = {f"{verb} {resource}": round(made / count, 3) for (verb, resource), made in calls.items()}
    without_events = sum(made for (_, resource), made in calls.items() if resource != "events") / count
    print(f"{count} in {seconds:.1f} s: {60 * count / seconds:.0f} per minute")
    print(
        f"CPU {1000 * (after.cpu - before.cpu) / count:.1f} ms per capture; calls {without_events:.2f}: {per_capture}"
    )
    mebibytes = [size / 2**20 for size in (before.memory, after.memory, after.peak)]
    print("memory in MiB: {:.0f} before, {:.0f} after, peak {:.0f}".format(*mebibytes))
