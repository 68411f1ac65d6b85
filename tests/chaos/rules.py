"""How a wire misbehaves. Each counts how often it did; chance comes from a seed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from chaos.call import Answer, Call, DroppedError, Onward

Meant = Callable[[Call], bool]
"""Says which calls a rule is about."""


class Moment(StrEnum):
    """On which side of a call something happens: it was never heard, or its answer never is."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(eq=False)
class Down:
    """Breaks calls off before they are heard."""

    meant: Meant
    hits: int = 0

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Break it off."""
        if not self.meant(call):
            return await onward()
        self.hits += 1
        raise DroppedError


@dataclass(eq=False)
class Losing:
    """Takes some calls as if they had done their work, and forgets them."""

    meant: Meant
    times: int
    hits: int = 0

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Say that it is done, or pass it on."""
        if not self.meant(call) or self.hits >= self.times:
            return await onward()
        self.hits += 1
        return Answer(204)


@dataclass(eq=False)
class Refusing:
    """Answers a share of the calls with an error; one that was `heard` before that has done its work all the same."""

    meant: Meant
    status: int
    share: float
    chance: Random
    heard: float = 0.0
    hits: int = 0

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Refuse it, or pass it on."""
        if not self.meant(call) or self.chance.random() >= self.share:
            return await onward()
        self.hits += 1
        if not call.is_watch and self.chance.random() < self.heard:
            await onward()
        return Answer(self.status, _status(self.status), {"Content-Type": "application/json"})


@dataclass(eq=False)
class Slow:
    """Lets calls wait, on either side."""

    meant: Meant
    seconds: float
    chance: Random
    hits: int = 0

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Pass it on, later."""
        if not self.meant(call):
            return await onward()
        self.hits += 1
        if self.chance.random() < 0.5:
            await asyncio.sleep(self.seconds)
            return await onward()
        answer = await onward()
        await asyncio.sleep(self.seconds)
        return answer


@dataclass(eq=False)
class Behind:
    """Tells of everything that a watch says so many seconds later."""

    seconds: float
    hits: int = 0

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Pass it on, and its answer later."""
        answer = await onward()
        if answer.stream is None:
            return answer
        self.hits += 1
        return Answer(answer.status, headers=answer.headers, stream=_late(answer.stream, self.seconds))


@dataclass(eq=False)
class TooOld:
    """Tells each kind of watch once that what it goes on from is too old to be known."""

    told: set[str] = field(default_factory=set)

    @property
    def hits(self) -> int:
        """How many watches were told."""
        return len(self.told)

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Answer as the API server does."""
        if not call.is_watch or call.name in self.told:
            return await onward()
        self.told.add(call.name)
        event = {"type": "ERROR", "object": json.loads(_status(410))}
        return Answer(200, json.dumps(event).encode() + b"\n", {"Content-Type": "application/json"})


@dataclass(eq=False)
class Doorkeeper:
    """Lets nobody in but those whose tokens are good."""

    good: set[str]
    hits: int = 0

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Pass it on if its caller may call."""
        if call.caller in self.good:
            return await onward()
        self.hits += 1
        return Answer(401, _status(401), {"Content-Type": "application/json"})


@dataclass(eq=False)
class Trap:
    """Kills once, at the n-th call of a name: before it is heard, or before its answer is."""

    name: str
    moment: Moment
    skip: int
    kill: Callable[[], None]
    hits: int = 0

    async def __call__(self, call: Call, onward: Onward) -> Answer:
        """Kill whoever makes this call, if it is the one."""
        if self.hits or call.name != self.name or not self._is_next():
            return await onward()
        self.hits = 1
        if self.moment is Moment.AFTER:
            await onward()
        self.kill()
        raise DroppedError

    def _is_next(self) -> bool:
        self.skip -= 1
        return self.skip < 0


async def _late(stream: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    now = asyncio.get_running_loop().time
    chunks: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()

    async def read() -> None:
        try:
            async for chunk in stream:
                chunks.put_nowait((now() + seconds, chunk))
        finally:
            chunks.put_nowait(None)

    reader = asyncio.create_task(read())
    try:
        while (late := await chunks.get()) is not None:
            due, chunk = late
            await asyncio.sleep(due - now())
            yield chunk
    finally:
        reader.cancel()


def _status(code: int) -> bytes:
    """Return an error in the API server's words."""
    reasons = {401: "Unauthorized", 409: "Conflict", 410: "Expired", 500: "InternalError"}
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reasons.get(code, "")}
    return json.dumps({**body, "message": f"{reasons.get(code, 'an error')}, says the chaos suite"}).encode()
