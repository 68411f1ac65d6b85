"""Many requests of many namespaces at once: how fast, at what cost, and that each is captured once."""

import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable

from e2e.pod_times import request_of
from scale import load
from scale.conftest import Sizes
from scale.control_plane import REPOSITORY, running
from scale.ground import Ground
from scale.ledger import Ledger
from scale.operator_process import Operator, cpu_seconds
from scale.timeline import Timeline, followed

NAMESPACES = 50
WITHIN = 3600.0
CALLS_EACH = 5.0
WRITES_EACH = 4
LIVE_BYTES = 200 * 2**20
# What is called for each capture; Leases, watches and LISTs go with the time.
_OF_CAPTURES = ("pods", "screenshotrequests", "screenshotrequests/status")
_STATUS = ("patch", "screenshotrequests/status")
_CREATE = ("create", "pods")


def test_calls_alone_have_their_cost(ground: Ground, sizes: Sizes, ledger: Ledger) -> None:
    """What the operator's CPU time has to be held against: the same number of requests, in the same run."""
    plane = ground.plane
    command = [sys.executable, "-m", "scale.bare_loop", plane.server, plane.token, str(plane.authority)]
    paths = ":".join(str(REPOSITORY / folder) for folder in ("tests", "capture-image", "operator"))
    with running("bare-loop", command, ground.folder, PYTHONPATH=paths) as process:
        spent = asyncio.run(_capture_barely(ground, sizes.requests, lambda: cpu_seconds(process.pid)))
    ledger.note(bare_ms=1000 * spent / sizes.requests)


def test_each_request_is_captured_once_at_little_cost(
    ground: Ground, operator: Operator, sizes: Sizes, ledger: Ledger
) -> None:
    count, before = sizes.requests, operator.figures()
    seconds, timeline = asyncio.run(_capture(ground, count))
    after = operator.figures()
    calls = after.calls - before.calls
    each = sum(made for call, made in calls.items() if _is_of_captures(*call)) / count
    besides = sum(made for call, made in calls.items() if call[1] != "events" and not _is_of_captures(*call))
    writes = Counter(told.change.name for told in timeline.writes)
    ledger.note(
        requests=count,
        per_minute=60 * count / seconds,
        calls_each=each,
        calls_besides=60 * besides / seconds,
        cpu_ms=1000 * (after.cpu - before.cpu) / count,
        memory_idle=before.memory,
        memory_live=after.peak,
        memory_after=after.memory,
        writes_mean=writes.total() / count,
        writes_most=max(writes.values()),
    )
    _tell(calls, count)
    assert each <= CALLS_EACH
    assert max(writes.values()) <= WRITES_EACH
    assert calls[_STATUS] == writes.total(), "no write changed nothing, and none was refused"
    assert after.peak < LIVE_BYTES


def test_kill_in_the_middle_repeats_nothing(ground: Ground, operator: Operator, sizes: Sizes, ledger: Ledger) -> None:
    count = max(sizes.requests // 4, 50)
    at, timeline = asyncio.run(_capture_over_a_kill(ground, operator, count))
    pods = Counter(request_of(told.change.body) for told in timeline.pods_made)
    ledger.note(killed_requests=count, killed_pods=pods.total())
    assert set(pods.values()) == {1}
    # What the one that was killed had on its way may have been heard after its end.
    calls = operator.figures().calls
    assert calls[_CREATE] <= sum(told.at > at for told in timeline.pods_made)
    assert calls[_STATUS] <= sum(told.at > at for told in timeline.writes)


async def _capture_over_a_kill(ground: Ground, operator: Operator, count: int) -> tuple[float, Timeline]:
    """Kill the operator when half is done, and start it anew; return when that was, and what was seen."""
    async with ground.connected() as client:
        namespaces = await load.make_namespaces(client, NAMESPACES)
        async with followed(client, load.fresh("killed")) as timeline:
            await load.create(client, load.spread(count, namespaces, timeline.prefix))
            await timeline.until(lambda: timeline.finished > count // 2, "until half are over", WITHIN)
            at = time.monotonic()
            operator.stop(signal.SIGKILL)
            await asyncio.to_thread(operator.start)
            await timeline.until_finished(count, WITHIN)
        assert await load.outcomes(client, timeline.prefix) == {("Succeeded", 1, 1): count}
        return at, timeline


async def _capture_barely(ground: Ground, count: int, cpu: Callable[[], float]) -> float:
    """Have requests captured by the loop that does no more than that; return the CPU time that it took."""
    async with ground.connected() as client:
        namespaces = await load.make_namespaces(client, NAMESPACES)
        async with followed(client, load.fresh("bare")) as timeline:
            bodies = load.spread(count, namespaces, timeline.prefix)
            # A first one pays for what a process does once.
            await load.create(client, bodies[:1])
            await timeline.until_finished(1, WITHIN)
            begun = cpu()
            await load.create(client, bodies[1:])
            await timeline.until_finished(count, WITHIN)
            spent = cpu() - begun
        # The operator would take them for requests that it has not seen yet.
        await load.delete(client, bodies)
        return spent


async def _capture(ground: Ground, count: int) -> tuple[float, Timeline]:
    async with ground.connected() as client:
        namespaces = await load.make_namespaces(client, NAMESPACES)
        async with followed(client, load.fresh("shot")) as timeline:
            begun = time.monotonic()
            await load.create(client, load.spread(count, namespaces, timeline.prefix))
            print(f"\n{count:,} created in {time.monotonic() - begun:.1f} s", flush=True)
            await timeline.until_finished(count, WITHIN)
            seconds = time.monotonic() - begun
        assert await load.outcomes(client, timeline.prefix) == {("Succeeded", 1, 1): count}
        return seconds, timeline


def _is_of_captures(verb: str, kind: str) -> bool:
    return kind in _OF_CAPTURES and verb not in ("list", "watch")


def _tell(calls: Counter[tuple[str, str]], count: int) -> None:
    print({f"{verb} {resource}": round(made / count, 3) for (verb, resource), made in calls.items()})
