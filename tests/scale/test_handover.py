"""Two replicas: one leads, and amid pods that run it is killed, then told to end; the other goes on."""

import asyncio
import signal
import time
from collections import Counter

from e2e.pod_times import request_of
from scale import load
from scale.conftest import Sizes
from scale.ground import Ground
from scale.ledger import Ledger
from scale.operator_process import Operator
from scale.timeline import Timeline, followed
from scale.turns import longest_pause

NAMESPACES = 50
WITHIN = 900.0
# As many as run when a leader ends, for each of the two ends, and for what comes before and after.
ROUNDS = 4
# So long for each that runs at a time: the first are not over before the last have begun.
MILLISECONDS = 100


def test_hand_over_loses_nothing_and_doubles_nothing(
    ground: Ground, replicas: tuple[Operator, Operator], sizes: Sizes, ledger: Ledger
) -> None:
    killed_at, told_at, timeline = asyncio.run(_hand_over_twice(ground, replicas, sizes.flight))
    pods = Counter(request_of(told.change.body) for told in timeline.pods_made)
    work = sorted(told.at for told in (*timeline.pods_made, *timeline.writes))
    # When the last one has begun there is nothing left to begin.
    last = timeline.pods_made[-1].at
    ledger.note(
        flight=sizes.flight,
        handed_over=ROUNDS * sizes.flight,
        pause_killed=longest_pause(work, killed_at, told_at),
        pause_told=longest_pause(work, told_at, last),
    )
    assert set(pods.values()) == {1}
    assert killed_at < told_at < last, "there was work to go on with"


async def _hand_over_twice(
    ground: Ground, replicas: tuple[Operator, Operator], flight: int
) -> tuple[float, float, Timeline]:
    """Return when the first leader was killed, when the second was told to end, and what was seen."""
    first, second = replicas
    async with ground.connected() as client:
        namespaces = await load.make_namespaces(client, NAMESPACES)
        async with followed(client, load.fresh("handed")) as timeline:
            await load.create(
                client, load.spread(ROUNDS * flight, namespaces, timeline.prefix, lambda number: _stay(flight, number))
            )
            killed_at = await _end(first, signal.SIGKILL, timeline, flight)
            await asyncio.to_thread(second.until_it_leads)
            await asyncio.to_thread(first.stand_by)
            told_at = await _end(second, signal.SIGTERM, timeline, flight)
            await asyncio.to_thread(first.until_it_leads)
            await timeline.until_finished(ROUNDS * flight, WITHIN)
        assert await load.outcomes(client, timeline.prefix) == {("Succeeded", 1, 1): ROUNDS * flight}
        return killed_at, told_at, timeline


async def _end(leader: Operator, number: signal.Signals, timeline: Timeline, flight: int) -> float:
    """End the leader as soon as so many pods run; return when that was."""
    await timeline.until(lambda: timeline.live_pods >= flight, f"until {flight} pods run", WITHIN)
    at = time.monotonic()
    await asyncio.to_thread(leader.stop, number)
    return at


def _stay(flight: int, number: int) -> load.Raw:
    # Not all the same, so that there is always something to do.
    return {"wait": {"delay": f"{MILLISECONDS * (flight + number % flight // 2)}ms"}}
