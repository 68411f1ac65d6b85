"""The browser of a warm pod is replaced when it leaks, and nobody who is in it notices."""

import asyncio
import os
import time
from collections.abc import Coroutine
from typing import Any

from integration.capture.test_process import is_gone
from kubeshot_capture.attempt import chromium_path
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.driver import start_driver
from kubeshot_capture.processes import children, kill_family
from kubeshot_capture.warm.chromium import Chromium, Running
from kubeshot_capture.warm.seat import Seat
from kubeshot_contract.options import Sandbox

SECONDS = 30.0


def run(work: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.new_event_loop()
    # Servers of other tests are children of this process, too.
    others = set(children())
    try:
        loop.run_until_complete(asyncio.wait_for(work, SECONDS))
    finally:
        for pid in set(children()) - others:
            kill_family(pid)
        # The driver's pipes are closed when the loop hears of its end.
        loop.run_until_complete(asyncio.sleep(0.3))
        loop.close()


async def seated(chromium: Chromium) -> tuple[Seat, Running]:
    """Return a seat with a page in it, and the browser that it is in."""
    seat = Seat(chromium, lambda: 0, lambda: None)
    deadline = Deadline(time.monotonic, time.monotonic() + SECONDS)
    await seat.start(Sandbox.DISABLED, deadline)
    await (await seat.new_context()).new_page()
    return seat, await chromium.start(Sandbox.DISABLED, deadline)


async def stand_up(seat: Seat, running: Running) -> None:
    seat.release()
    while seat in running.occupants:
        await asyncio.sleep(0.01)


def test_a_browser_that_leaks_is_replaced_when_it_is_empty() -> None:
    async def work() -> None:
        chromium = Chromium(asyncio.ensure_future(start_driver()), chromium_path(os.environ), lambda: True)
        one, first = await seated(chromium)
        other, same = await seated(chromium)
        assert same is first
        await stand_up(one, first)
        assert not first.retired, "somebody is still in it"
        await stand_up(other, first)
        assert first.retired
        assert chromium.lost == 1
        third, second = await seated(chromium)
        assert second is not first
        while not is_gone(first.pid):
            await asyncio.sleep(0.05)
        assert not third.ended.done()

    run(work())


def test_a_browser_that_is_retired_lives_until_its_captures_are_over() -> None:
    async def work() -> None:
        chromium = Chromium(asyncio.ensure_future(start_driver()), chromium_path(os.environ), lambda: False)
        one, first = await seated(chromium)
        chromium.retire(first, "the test wants it")
        other, second = await seated(chromium)
        assert second is not first
        assert not is_gone(first.pid)
        await stand_up(one, first)
        while not is_gone(first.pid):
            await asyncio.sleep(0.05)
        assert not other.ended.done()
        assert not second.retired

    run(work())
