"""A warm pod from its first claim to its end, with an office and a studio that only pretend."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from kubeshot_capture.dispatch import UnansweredError
from kubeshot_capture.warm.orders import RefusedError
from kubeshot_capture.warm.pod import Condition, WarmPod
from kubeshot_contract.dispatch import Claim, ClaimAnswer, JobName, Report, WarmEnd, WarmEndReason, WarmLimits
from kubeshot_contract.job import CaptureJob
from kubeshot_contract.options import Sandbox
from kubeshot_contract.result import CaptureResult
from unit.capture.clock import FakeClock
from unit.contract.make import make_job

LIMITS = WarmLimits(
    max_captures=10,
    max_age_ms=600_000,
    idle_timeout_ms=30_000,
    memory_percent=80,
    pages=2,
    sandbox=Sandbox.REQUIRED,
)
HEALTHY = Condition(memory=0.2, lost_browsers=0, has_driver=True)


def job(uid: str) -> CaptureJob:
    return make_job(uid=uid, run=1, attempt=1)


class FakeOffice:
    """Answers claims with what stands in line, and holds them open when nothing does."""

    def __init__(self, *answers: ClaimAnswer | Exception) -> None:
        self.answers = list(answers)
        self.claims: list[Claim] = []
        self.reports: list[Report] = []
        self.refuses = False
        self.owed = ClaimAnswer(drain=True)
        self.added = asyncio.Event()

    async def claim(self, claim: Claim) -> ClaimAnswer:
        self.claims.append(claim)
        if not claim.free:
            return self.owed
        while not self.answers:
            self.added.clear()
            await self.added.wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def report(self, report: Report) -> None:
        if self.refuses:
            raise RefusedError
        self.reports.append(report)

    def end_claims(self) -> None:
        self.answers.append(UnansweredError("cut"))
        self.added.set()


class FakeStudio:
    """Makes captures that end when the test says so."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.release: dict[str, Callable[[], None]] = {}
        self.ends: dict[str, asyncio.Event] = {}

    async def make(self, job: CaptureJob, on_release: Callable[[], None]) -> CaptureResult:
        self.made.append(job.uid)
        self.release[job.uid] = on_release
        self.ends[job.uid] = asyncio.Event()
        await self.ends[job.uid].wait()
        on_release()
        return CaptureResult(job.run, job.attempt, finished=True)


@dataclass
class Scene:
    """A pod, and everything around it."""

    office: FakeOffice
    limits: WarmLimits = LIMITS
    condition: Condition = HEALTHY
    clock: FakeClock = field(default_factory=FakeClock)
    studio: FakeStudio = field(default_factory=FakeStudio)

    def __post_init__(self) -> None:
        self.pod = WarmPod(self.limits, self.office, self.studio, lambda: self.condition, self.clock)
        self.run = asyncio.ensure_future(self.pod.run())

    async def rest(self) -> None:
        """Let everything go on that can."""
        for _ in range(30):
            await asyncio.sleep(0)

    async def finish(self, *uids: str) -> None:
        """Bring these captures to their end."""
        for uid in uids:
            self.studio.ends[uid].set()
        await self.rest()

    async def end(self) -> WarmEnd:
        """Wait for the pod's end."""
        return await asyncio.wait_for(self.run, 10)


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scene())


def jobs(*uids: str) -> ClaimAnswer:
    return ClaimAnswer(tuple(job(uid) for uid in uids))


def names(*uids: str) -> tuple[JobName, ...]:
    return tuple(JobName(uid, 1, 1) for uid in uids)


def test_it_claims_for_its_free_pages_and_says_what_it_holds() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(jobs("a")))
        await there.rest()
        assert there.office.claims == [Claim(2), Claim(1, names("a"))]
        await there.finish("a")
        assert [report.name for report in there.office.reports] == [*names("a")]
        there.pod.terminate()
        assert await there.end() == WarmEnd(1, WarmEndReason.TERMINATED)

    play(scene)


def test_a_page_that_is_free_is_claimed_for_although_its_files_are_on_their_way() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(jobs("a", "b")))
        await there.rest()
        assert len(there.office.claims) == 1
        there.studio.release["a"]()
        await there.rest()
        assert there.office.claims[1:] == [Claim(1, names("a", "b"))]
        there.pod.terminate()
        await there.finish("a", "b")
        assert await there.end() == WarmEnd(2, WarmEndReason.TERMINATED)

    play(scene)


def test_what_is_at_hand_is_finished_at_the_end() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(ClaimAnswer((job("a"),), drain=True)))
        await there.rest()
        assert not there.run.done()
        await there.finish("a")
        assert await there.end() == WarmEnd(1, WarmEndReason.DRAINED)
        assert len(there.office.reports) == 1

    play(scene)


def test_a_job_is_made_once_however_often_it_is_handed_out() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(jobs("a"), jobs("a")))
        await there.rest()
        await there.finish("a")
        there.office.answers.append(jobs("a"))
        there.office.added.set()
        await there.rest()
        assert there.studio.made == ["a"]
        assert [report.name for report in there.office.reports] == [*names("a", "a")]
        there.pod.terminate()
        assert (await there.end()).captures == 1

    play(scene)


def test_it_takes_no_more_than_it_may() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(jobs("a")), replace(LIMITS, max_captures=1))
        await there.rest()
        assert there.office.claims == [Claim(1), Claim(0, names("a"))]
        await there.finish("a")
        assert await there.end() == WarmEnd(1, WarmEndReason.MAX_CAPTURES)

    play(scene)


def test_it_ends_at_its_watermark_with_a_claim_open() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice())
        await there.rest()
        there.condition = replace(HEALTHY, memory=0.9)
        assert await there.end() == WarmEnd(0, WarmEndReason.MEMORY)

    play(scene)


def test_what_it_was_given_as_it_made_up_its_mind_is_done_before_its_end() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice())
        await there.rest()
        there.office.owed = jobs("a")
        there.clock.now += 31
        await asyncio.sleep(1.2)
        assert there.office.claims == [Claim(2), Claim(0)]
        assert not there.run.done()
        await there.finish("a")
        assert await there.end() == WarmEnd(1, WarmEndReason.IDLE)
        assert [report.name for report in there.office.reports] == [*names("a")]

    play(scene)


def test_a_token_that_is_refused_for_a_report_ends_it() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(jobs("a")))
        there.office.refuses = True
        await there.rest()
        await there.finish("a")
        assert await there.end() == WarmEnd(1, WarmEndReason.REFUSED)

    play(scene)


def test_silence_is_no_end_while_it_is_short() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(UnansweredError("nobody"), jobs("a")))
        await asyncio.sleep(0.7)
        assert there.studio.made == ["a"]
        await there.finish("a")
        there.clock.now += 31
        assert await there.end() == WarmEnd(1, WarmEndReason.IDLE)

    play(scene)


def test_silence_through_a_whole_idle_time_is_told_as_such() -> None:
    async def scene() -> None:
        there = Scene(FakeOffice(UnansweredError("nobody")))
        await there.rest()
        there.clock.now += 31
        assert await there.end() == WarmEnd(0, WarmEndReason.UNREACHABLE)

    play(scene)
