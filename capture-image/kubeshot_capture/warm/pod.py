"""A warm pod: it claims jobs while it has room for them, reports each, and ends when its time has come."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kubeshot_capture import log
from kubeshot_capture.deadline import Clock
from kubeshot_capture.dispatch import UnansweredError
from kubeshot_capture.warm.lifespan import Situation, reason_to_end, room
from kubeshot_capture.warm.orders import RefusedError
from kubeshot_contract.dispatch import Claim, ClaimAnswer, JobName, Report, WarmEnd, WarmEndReason, WarmLimits
from kubeshot_contract.job import CaptureJob
from kubeshot_contract.result import CaptureResult

# How often it looks at its memory and its age.
LOOK_SECONDS = 0.5
UNANSWERED_PAUSE_SECONDS = 0.5

# Whoever ends for another reason asks what it was given meanwhile: a job that is assigned would wait for the pod's end.
_OWING_NOTHING = frozenset({WarmEndReason.REFUSED, WarmEndReason.UNREACHABLE, WarmEndReason.BROWSER_FAILED})


class Office(Protocol):
    """The port to the dispatch service."""

    async def claim(self, claim: Claim) -> ClaimAnswer:
        """Return what there is to do; raise `UnansweredError` or `RefusedError`."""

    async def report(self, report: Report) -> None:
        """Return when nothing more can be done for this report; raise `RefusedError`."""

    def end_claims(self) -> None:
        """Claim nothing more, the open claim included."""


class Studio(Protocol):
    """The port to whatever makes captures."""

    async def make(self, job: CaptureJob, on_release: Callable[[], None]) -> CaptureResult:
        """Return the result of a job; `on_release` is called once its page is gone, sooner or later than that."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What is measured of a pod: its memory from 0 to 1, and how its browsers do."""

    memory: float
    lost_browsers: int
    has_driver: bool


class WarmPod:
    """Works off jobs under its limits."""

    def __init__(
        self, limits: WarmLimits, office: Office, studio: Studio, condition: Callable[[], Condition], clock: Clock
    ) -> None:
        self._limits = limits
        self._office = office
        self._studio = studio
        self._condition = condition
        self._clock = clock
        self._began = self._busy_at = self._heard_at = clock()
        self._unanswered = False
        self._at_hand: dict[JobName, asyncio.Task[None]] = {}
        self._pages: set[JobName] = set()
        self._results: dict[JobName, CaptureResult] = {}
        self._taken = 0
        self._end: WarmEndReason | None = None
        self._changed = asyncio.Event()

    def terminate(self) -> None:
        """Claim nothing more, and end when what is at hand is finished."""
        self._end_for(WarmEndReason.TERMINATED)

    async def run(self) -> WarmEnd:
        """Work until the end, and return why it came."""
        claim: asyncio.Task[None] | None = None
        while self._end is None and not self._is_over():
            if claim is None and (free := room(self._limits, self._situation())):
                claim = asyncio.ensure_future(self._claim(free))
            await self._something({claim} if claim else set())
            if claim and claim.done():
                claim.result()
                claim = None
        self._office.end_claims()
        if claim:
            await self._last_words(claim)
        if self._end not in _OWING_NOTHING:
            await self._claim(0)
        log.write("draining", reason=self._end, at_hand=len(self._at_hand))
        while self._at_hand:
            await asyncio.wait(self._at_hand.values())
        assert self._end
        return WarmEnd(len(self._results), self._end)

    async def _something(self, others: set[asyncio.Task[None]]) -> None:
        """Wait until something has changed, or it is time to look again."""
        self._changed.clear()
        change = asyncio.ensure_future(self._changed.wait())
        await asyncio.wait({change, *others}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        change.cancel()

    async def _last_words(self, claim: asyncio.Task[None]) -> None:
        """Take what a claim brings that was answered as it was cut."""
        await asyncio.wait({claim}, timeout=LOOK_SECONDS)
        claim.cancel()

    def _is_over(self) -> bool:
        if reason := reason_to_end(self._limits, self._situation()):
            self._end_for(reason)
        return self._end is not None

    def _end_for(self, reason: WarmEndReason) -> None:
        self._end = self._end or reason
        self._changed.set()

    def _situation(self) -> Situation:
        now, found = self._clock(), self._condition()
        if self._at_hand:
            self._busy_at = now
        return Situation(
            taken=self._taken,
            load=len(self._pages),
            unfinished=len(self._at_hand),
            age=now - self._began,
            idle=now - self._busy_at,
            unheard=now - self._heard_at if self._unanswered else 0.0,
            memory=found.memory,
            lost_browsers=found.lost_browsers,
            has_driver=found.has_driver,
        )

    async def _claim(self, free: int) -> None:
        try:
            answer = await self._office.claim(Claim(free, tuple(self._at_hand)))
        except UnansweredError as error:
            self._unanswered = True
            if self._end is None:
                log.write("unanswered", complaint=str(error))
                await asyncio.sleep(UNANSWERED_PAUSE_SECONDS)
            return
        except RefusedError:
            self._end_for(WarmEndReason.REFUSED)
            return
        self._unanswered, self._heard_at = False, self._clock()
        for job in answer.jobs:
            self._take(job)
        if answer.drain:
            self._end_for(WarmEndReason.DRAINED)

    def _take(self, job: CaptureJob) -> None:
        name = JobName(job.uid, job.run, job.attempt)
        if name in self._at_hand:
            return
        if name in self._results:
            # The report did not arrive.
            work = self._report(name)
        else:
            self._taken += 1
            self._pages.add(name)
            work = self._make(name, job)
        task = self._at_hand[name] = asyncio.ensure_future(work)
        task.add_done_callback(lambda _: self._put_away(name))

    async def _make(self, name: JobName, job: CaptureJob) -> None:
        self._results[name] = await self._studio.make(job, lambda: self._give_page_back(name))
        await self._report(name)

    async def _report(self, name: JobName) -> None:
        try:
            await self._office.report(Report(name, self._results[name]))
        except RefusedError:
            self._end_for(WarmEndReason.REFUSED)

    def _give_page_back(self, name: JobName) -> None:
        self._pages.discard(name)
        self._changed.set()

    def _put_away(self, name: JobName) -> None:
        del self._at_hand[name]
        self._changed.set()
