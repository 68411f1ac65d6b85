"""What health says: nothing while all goes well, and otherwise what is wrong."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from kubeshot_operator.api.api_call import ApiCall
from kubeshot_operator.runtime.health import health_app, problems, why_not_ready
from kubeshot_operator.runtime.vitals import Pulse, Vitals
from unit.operator.virtual_time import run_virtually

FIVE_MINUTES = timedelta(minutes=5)
WELL = Vitals(list_age=10.0, queue_age=0.0, watching=True, loop_lag=0.01, watch_ages={"pods": 30.0})


@pytest.mark.parametrize(
    ("vitals", "told"),
    [
        (WELL, []),
        (Vitals(None, 0.0, False, 0.0, {}), []),
        (Vitals(900.0, 120.0, True, 5.0, {"pods": 600.0}), []),
        (replace(WELL, list_age=901.0), ["the last LIST is 901s old"]),
        (replace(WELL, queue_age=121.0), ["the first request in the queue has waited 121s for a worker"]),
        (replace(WELL, loop_lag=5.25), ["the event loop was late by 5.2s"]),
        (replace(WELL, watch_ages={"pods": 601.0}), ["the watch of pods was last answered 601s ago"]),
    ],
    ids=["well", "just begun", "at the limits", "lists fail", "workers hang", "the loop is blocked", "a watch hangs"],
)
def test_problems(vitals: Vitals, told: list[str]) -> None:
    assert problems(vitals, FIVE_MINUTES) == told


@pytest.mark.parametrize(
    ("vitals", "told"),
    [
        (WELL, []),
        (replace(WELL, watching=False), ["the watches are not up yet"]),
        (replace(WELL, list_age=None), ["the watches are not up yet"]),
        (replace(WELL, list_age=None, list_trouble="no CRD"), ["the watches are not up yet", "no CRD"]),
        (replace(WELL, list_trouble="HTTP 503"), []),
        (replace(WELL, watch_ages={"pods": 180.0}), []),
        (replace(WELL, watch_ages={"pods": 181.0}), ["the watch of pods was last answered 181s ago"]),
        (replace(WELL, watch_ages={"pods": 601.0}), ["the watch of pods was last answered 601s ago"]),
        (replace(WELL, list_age=901.0), ["the last LIST is 901s old"]),
    ],
    ids=[
        "well",
        "no watch",
        "no LIST",
        "what it lacks",
        "an outage",
        "at the limit",
        "a watch is late",
        "a watch hangs",
        "lists fail",
    ],
)
def test_why_not_ready(vitals: Vitals, told: list[str]) -> None:
    assert why_not_ready(vitals, FIVE_MINUTES) == told


@pytest.mark.parametrize(
    ("path", "vitals", "status", "text"),
    [
        ("/healthz", WELL, 200, "ok"),
        ("/readyz", WELL, 200, "ok"),
        ("/readyz", replace(WELL, watching=False), 503, "the watches are not up yet"),
        ("/healthz", replace(WELL, watching=False), 200, "ok"),
        ("/healthz", replace(WELL, loop_lag=9.0), 503, "the event loop was late by 9.0s"),
        ("/metrics", WELL, 200, "figures"),
    ],
)
def test_paths(path: str, vitals: Vitals, status: int, text: str) -> None:
    async def main() -> tuple[int, str]:
        app = health_app(lambda: vitals, FIVE_MINUTES, lambda: b"figures")
        async with TestClient(TestServer(app)) as client, client.get(path) as answer:
            return answer.status, await answer.text()

    assert asyncio.run(main()) == (status, text)


def test_pulse_tells_how_old_each_watch_is() -> None:
    now = 100.0
    pulse = Pulse(lambda: now)
    pulse.called(ApiCall("watch", "pods", "200", 0.1))
    now = 130.0
    pulse.called(ApiCall("watch", "screenshotrequests", "200", 0.1))
    for call in (
        ApiCall("watch", "pods", "410", 0.1),
        ApiCall("watch", "pods", "none", 5.0),
        ApiCall("list", "pods", "200", 1),
    ):
        pulse.called(call)
    now = 140.0
    assert pulse.watch_ages == {"pods": 40.0, "screenshotrequests": 10.0}


def test_pulse_tells_by_how_much_the_loop_was_late_and_forgets_it() -> None:
    async def main() -> list[float]:
        loop, blocked = asyncio.get_running_loop(), 0.0
        pulse = Pulse(lambda: loop.time() + blocked)
        beating = asyncio.create_task(pulse.run())
        seen = [pulse.loop_lag]
        await asyncio.sleep(2.5)
        blocked += 3.0
        await asyncio.sleep(1.0)
        seen.append(pulse.loop_lag)
        await asyncio.sleep(20.0)
        beating.cancel()
        return [*seen, pulse.loop_lag]

    assert run_virtually(main) == [0.0, pytest.approx(3.0), pytest.approx(0.0)]
