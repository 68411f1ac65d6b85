"""Captures are together in the browser, or alone."""

import asyncio

from kubeshot_capture.warm.turns import Turns


async def rest() -> None:
    """Let everything go on that can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Log:
    """Who is inside, in the order in which they came in."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.inside: list[str] = []

    async def go(self, name: str, *, alone: bool, until: asyncio.Event) -> None:
        """Be inside until the event."""
        await self.turns.enter(alone=alone)
        self.inside.append(name)
        await until.wait()
        self.inside.remove(name)
        await self.turns.leave()


def test_who_is_alone_waits_for_the_others_and_others_for_it() -> None:
    async def run() -> None:
        log, first, second = Log(), asyncio.Event(), asyncio.Event()
        tasks = [
            asyncio.ensure_future(log.go("a", alone=False, until=first)),
            asyncio.ensure_future(log.go("b", alone=False, until=first)),
            asyncio.ensure_future(log.go("alone", alone=True, until=second)),
            asyncio.ensure_future(log.go("c", alone=False, until=first)),
        ]
        await rest()
        assert log.inside == ["a", "b"]
        first.set()
        await rest()
        assert log.inside == ["alone"]
        second.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())


def test_who_gives_up_waiting_leaves_the_door_open() -> None:
    async def run() -> None:
        log, never, now = Log(), asyncio.Event(), asyncio.Event()
        now.set()
        staying = asyncio.ensure_future(log.go("a", alone=False, until=never))
        impatient = asyncio.ensure_future(log.go("alone", alone=True, until=now))
        await rest()
        impatient.cancel()
        await rest()
        await asyncio.wait_for(log.go("b", alone=False, until=now), 1)
        assert log.inside == ["a"]
        staying.cancel()

    asyncio.run(run())
