"""Bells wake those that wait for them, and leave nothing behind."""

import asyncio

from kubeshot_operator.runtime.bells import Bells
from unit.operator.virtual_time import run_virtually

ONE, OTHER = ("team", "one"), ("team", "other")


def test_bell_wakes_all_who_wait_for_it_and_nobody_else() -> None:
    async def main() -> list[float]:
        bells, loop = Bells(), asyncio.get_running_loop()
        woken: list[float] = []

        async def wait(pod: tuple[str, str]) -> None:
            await bells.wait(pod, 20.0)
            woken.append(loop.time())

        waiting = [asyncio.create_task(wait(pod)) for pod in (ONE, ONE, OTHER)]
        await asyncio.sleep(5)
        bells.ring(ONE)
        await asyncio.wait(waiting)
        assert not bells._waiting
        return woken

    assert run_virtually(main) == [5.0, 5.0, 20.0]


def test_bell_that_nobody_waits_for_is_not_heard_later() -> None:
    async def main() -> float:
        bells = Bells()
        bells.ring(ONE)
        await bells.wait(ONE, 3.0)
        return asyncio.get_running_loop().time()

    assert run_virtually(main) == 3.0
