"""Whose fault a kill for memory is, when the kernel counts for all captures of a pod together."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.warm.chromium import Chromium, Occupant, Running
from kubeshot_capture.warm.seat import Seat
from kubeshot_contract.options import Sandbox
from unit.capture.clock import FakeClock


class NoBrowser:
    """Stands for a browser that nobody uses."""


class FakeChromium(Chromium):
    """A Chromium that needn't be started."""

    def __init__(self) -> None:
        super().__init__(asyncio.get_running_loop().create_future(), Path("/nowhere"), lambda: False)
        self.only = Running(NoBrowser(), 0)  # type: ignore[arg-type]

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> Running:
        """Return the only one there is."""
        return self.only


class Counter:
    """The kernel's count."""

    def __init__(self) -> None:
        self.kills = 7

    def __call__(self) -> int:
        return self.kills


Scene = Callable[[Seat, Seat, Counter], Coroutine[Any, Any, None]]


async def take(seat: Seat) -> None:
    await seat.start(Sandbox.DISABLED, Deadline(FakeClock(), 2000.0))


async def alone(seat: Seat, other: Seat, counter: Counter) -> None:
    await take(seat)
    counter.kills += 1


async def beside_another(seat: Seat, other: Seat, counter: Counter) -> None:
    await take(seat)
    await take(other)
    counter.kills += 1


async def beside_another_that_has_left(seat: Seat, other: Seat, counter: Counter) -> None:
    await beside_another(seat, other, counter)
    other.release()
    await asyncio.sleep(0.01)


async def with_its_page_lost(seat: Seat, other: Seat, counter: Counter) -> None:
    await beside_another(seat, other, counter)
    seat.end("the page's renderer crashed")


async def with_the_page_of_another_lost(seat: Seat, other: Seat, counter: Counter) -> None:
    await beside_another(seat, other, counter)
    other.end("the page's renderer crashed")


@pytest.mark.parametrize(
    ("scene", "counts"),
    [
        pytest.param(alone, True, id="alone"),
        pytest.param(beside_another, False, id="beside another"),
        pytest.param(beside_another_that_has_left, False, id="beside another that has left"),
        pytest.param(with_its_page_lost, True, id="with its page lost"),
        pytest.param(with_the_page_of_another_lost, False, id="with the page of another lost"),
    ],
)
def test_a_kill_counts_for_a_capture(scene: Scene, counts: bool) -> None:
    async def run() -> None:
        counter, chromium = Counter(), FakeChromium()
        seat, other = (Seat(chromium, counter, lambda: None) for _ in range(2))
        before = seat.oom_kills()
        await scene(seat, other, counter)
        assert (seat.oom_kills() > before) is counts

    asyncio.run(run())


def test_what_happens_after_the_pictures_is_no_end() -> None:
    async def run() -> None:
        released: list[bool] = []
        seat = Seat(FakeChromium(), Counter(), lambda: released.append(True))
        await take(seat)
        seat.release()
        seat.end("the browser ended by itself")
        await asyncio.sleep(0.01)
        assert not seat.ended.done()
        assert released == [True]

    asyncio.run(run())


def test_a_place_is_an_occupants() -> None:
    async def run() -> None:
        chromium = FakeChromium()
        seat: Occupant = Seat(chromium, Counter(), lambda: None)
        running = await chromium.enter(seat, Sandbox.DISABLED, Deadline(FakeClock(), 2000.0))
        assert running.occupants == {seat}
        chromium.leave(running, seat)
        assert running.occupants == set()

    asyncio.run(run())
