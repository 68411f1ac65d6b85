"""Workers take what is due, one at a time per key, survive failures, and end when they are told to."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from kubeshot_operator.adapters.errors import UnavailableError
from kubeshot_operator.api.model import Key
from kubeshot_operator.runtime.queue import Work, WorkQueue
from unit.operator.builders import KEY
from unit.operator.virtual_time import run_virtually

OTHER = Key("team", "other")


def run_with(
    test: Callable[[WorkQueue], Coroutine[Any, Any, None]], work: Callable[[Work], Awaitable[None]], workers: int = 2
) -> None:
    """Run a test while the queue is worked on."""

    async def main() -> None:
        queue = WorkQueue()
        running = asyncio.create_task(queue.run(work, workers))
        await test(queue)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    run_virtually(main)


def clock() -> float:
    return asyncio.get_running_loop().time()


def test_idle_workers_take_a_key_at_once() -> None:
    done: list[tuple[Work, float]] = []

    async def work(key: Work) -> None:
        done.append((key, clock()))

    async def test(queue: WorkQueue) -> None:
        await asyncio.sleep(5)
        queue.add(KEY)
        queue.add(OTHER)
        await asyncio.sleep(1)

    run_with(test, work)
    assert done == [(KEY, 5), (OTHER, 5)]


def test_key_is_worked_on_by_one_worker_at_a_time_and_no_event_is_lost() -> None:
    at_once, most, passes = 0, 0, 0

    async def work(_: Work) -> None:
        nonlocal at_once, most, passes
        at_once, passes = at_once + 1, passes + 1
        most = max(most, at_once)
        await asyncio.sleep(1)
        at_once -= 1

    async def test(queue: WorkQueue) -> None:
        queue.add(KEY)
        await asyncio.sleep(0.5)
        queue.add(KEY)
        queue.add(KEY)
        await asyncio.sleep(5)

    run_with(test, work)
    assert (most, passes) == (1, 2)


def test_later_key_wakes_a_worker_that_waits_for_a_still_later_one() -> None:
    done: list[float] = []

    async def work(_: Work) -> None:
        done.append(clock())

    async def test(queue: WorkQueue) -> None:
        queue.add_after(OTHER, 100)
        await asyncio.sleep(1)
        queue.add_after(KEY, 3)
        await asyncio.sleep(200)

    run_with(test, work)
    assert done == [pytest.approx(4), pytest.approx(100)]


@pytest.mark.parametrize(
    ("error", "level"),
    [(UnavailableError("away"), logging.WARNING), (KeyError("x"), logging.ERROR)],
    ids=["away: no trace", "a bug: with its trace"],
)
def test_pass_that_breaks_off_is_made_again_and_others_go_on(
    error: Exception, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[tuple[Work, float]] = []

    async def work(key: Work) -> None:
        done.append((key, clock()))
        if key == KEY and len(done) < 4:
            raise error

    async def test(queue: WorkQueue) -> None:
        queue.add(KEY)
        queue.add(OTHER)
        await asyncio.sleep(30)

    run_with(test, work, workers=1)
    assert [key for key, _ in done] == [KEY, OTHER, KEY, KEY]
    assert [time for _, time in done] == [0, 0, pytest.approx(0.5), pytest.approx(1.5)]
    assert {record.levelno for record in caplog.records} == {level}
    assert all((record.exc_info is not None) == (level == logging.ERROR) for record in caplog.records)


@pytest.mark.parametrize("turns", range(5), ids=lambda turns: f"{turns} turns of the loop between")
def test_worker_that_is_cancelled_just_as_it_is_woken_ends(turns: int) -> None:
    async def work(_: Work) -> None:
        raise AssertionError("nothing is due")

    async def main() -> None:
        queue = WorkQueue()
        running = asyncio.create_task(queue.run(work, 4))
        queue.add_after(KEY, 1000)
        await asyncio.sleep(1)
        queue.add_after(KEY, 1000)
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=10)
        assert done == {running}

    run_virtually(main)


def test_head_age_tells_of_workers_that_hang() -> None:
    async def work(_: Work) -> None:
        await asyncio.Event().wait()

    async def test(queue: WorkQueue) -> None:
        queue.add(KEY)
        await asyncio.sleep(1)
        queue.add(OTHER)
        await asyncio.sleep(7)
        assert queue.head_age() == pytest.approx(7)

    run_with(test, work, workers=1)


def test_queue_that_drains_finishes_what_is_under_way_and_begins_nothing() -> None:
    done: list[Work] = []

    async def work(key: Work) -> None:
        await asyncio.sleep(3)
        done.append(key)

    async def test(queue: WorkQueue) -> None:
        queue.add(KEY)
        queue.add_after(OTHER, 2)
        await asyncio.sleep(1)
        begun = clock()
        assert await queue.drain(10)
        assert clock() == begun + 2
        queue.add(OTHER)
        await asyncio.sleep(60)
        assert queue.is_draining

    run_with(test, work, workers=2)
    assert done == [KEY]


@pytest.mark.parametrize(("patience", "ended"), [(4, True), (1, False)], ids=["in time", "too late"])
def test_queue_that_drains_says_whether_all_has_ended(patience: float, ended: bool) -> None:
    async def work(key: Work) -> None:
        await asyncio.sleep(2 if key == KEY else 3)
        raise UnavailableError("the API server is away")

    async def test(queue: WorkQueue) -> None:
        queue.add(KEY)
        queue.add(OTHER)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await queue.drain(patience) is ended

    run_with(test, work, workers=2)


def test_idle_queue_has_nothing_to_drain() -> None:
    async def work(_: Work) -> None:
        raise AssertionError("nothing is due")

    async def test(queue: WorkQueue) -> None:
        assert await queue.drain(10)
        assert clock() == 0

    run_with(test, work)
