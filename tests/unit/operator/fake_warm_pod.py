"""What a warm pod does, in virtual time: claims jobs, makes them as a script says, reports, and ends by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from kubeshot_contract.dispatch import (
    TOKEN_VARIABLE,
    WARM_VARIABLE,
    Claim,
    ClaimAnswer,
    JobName,
    Report,
    WarmEnd,
    WarmEndReason,
    WarmLimits,
    decode_limits,
    encode_warm_end,
)
from kubeshot_contract.job import CaptureJob
from kubeshot_contract.result import CaptureResult

Raw = dict[str, Any]

CAPTURE_SECONDS = 3.0
_RETRY_SECONDS = 1.0


class World(Protocol):
    """What a warm pod needs of its surroundings."""

    async def claim(self, token: str, claim: Claim) -> ClaimAnswer | None: ...
    async def report(self, token: str, report: Report) -> bool: ...


Capture = Callable[[CaptureJob, Raw], Awaitable[CaptureResult | None]]
"""Makes a capture; `None` when its pod is gone, or when there will be no word of it."""


@dataclass
class FakeWarmPod:
    """A warm pod from its start to its end."""

    body: Raw
    world: World
    capture: Capture
    holding: dict[JobName, asyncio.Task[None]] = field(default_factory=dict)
    captures: int = 0
    handed: list[JobName] = field(default_factory=list)

    async def live(self) -> str:
        """Claim and capture until there is nothing more to do; return the termination message."""
        reason = await self._work()
        answer = await self.world.claim(self.token, Claim(0, tuple(self.holding)))
        for job in answer.jobs if answer else ():
            self._begin(job)
        await asyncio.gather(*self.holding.values())
        return encode_warm_end(WarmEnd(self.captures, reason))

    @property
    def limits(self) -> WarmLimits:
        """The limits that it was given."""
        return decode_limits(self._variable(WARM_VARIABLE))

    @property
    def token(self) -> str:
        """The token that it was given."""
        return self._variable(TOKEN_VARIABLE)

    async def _work(self) -> WarmEndReason:
        limits, loop = self.limits, asyncio.get_running_loop()
        idle_since = loop.time()
        while self.captures + len(self.holding) < limits.max_captures:
            if len(self.holding) >= limits.pages:
                await asyncio.wait(self.holding.values(), return_when=asyncio.FIRST_COMPLETED)
                continue
            free = min(limits.pages, limits.max_captures - self.captures) - len(self.holding)
            idle_at = idle_since + limits.idle_timeout_ms / 1000
            try:
                async with asyncio.timeout(None if self.holding else idle_at - loop.time()):
                    answer = await self.world.claim(self.token, Claim(free, tuple(self.holding)))
            except TimeoutError:
                # It hangs up, whatever is just on its way to it.
                return WarmEndReason.IDLE
            if answer is None:
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            if answer.drain:
                return WarmEndReason.DRAINED
            assert len(answer.jobs) <= free, "more was handed out than asked for"
            for job in answer.jobs:
                self._begin(job)
            if self.holding:
                idle_since = loop.time()
        return WarmEndReason.MAX_CAPTURES

    def _begin(self, job: CaptureJob) -> None:
        name = JobName(job.uid, job.run, job.attempt)
        assert name not in self.holding, "a job was handed out twice"
        self.handed.append(name)
        self.holding[name] = asyncio.create_task(self._capture(name, job))

    async def _capture(self, name: JobName, job: CaptureJob) -> None:
        await asyncio.sleep(CAPTURE_SECONDS)
        result = await self.capture(job, self.body)
        while result is not None and not await self.world.report(self.token, Report(name, result)):
            await asyncio.sleep(_RETRY_SECONDS)
        if result is None:
            await asyncio.Event().wait()
        self.captures += 1
        del self.holding[name]

    def _variable(self, name: str) -> str:
        variables = {item["name"]: item["value"] for item in self.body["spec"]["containers"][0]["env"]}
        return str(variables[name].replace("$$", "$"))
