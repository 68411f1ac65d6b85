"""The stages in order, under one deadline."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from kubeshot_capture.browser import BrowserProcess, Tab
from kubeshot_capture.deadline import Deadline, page_deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.report import Report
from kubeshot_capture.stages import check, encode, gate, settle, shoot, upload, wait
from kubeshot_capture.stages import open as opening
from kubeshot_capture.stages.encode import EncodedImage
from kubeshot_capture.steps import Steps
from kubeshot_contract.job import Area, CaptureJob, OnTimeout, OutputJob, Until
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Failure, Outcome, Stage, StoredImage

BROWSER_SECONDS = 30.0
GATE_SECONDS = 2.0
SETTLE_SECONDS = 8.0
SHOOT_SECONDS = 120.0
CHECK_SECONDS = 20.0
ENCODE_SECONDS = 20.0
UPLOAD_SECONDS = 60.0

# Before each look at the page: a blank picture gets three more, each after a longer pause.
PAUSES_SECONDS = (0.0, 0.5, 1.0, 1.5)

# A new pod's network gets its last address up to two seconds after its start (IPv6 first looks for another owner), and
# Chromium drops what it is connecting to two seconds after that.
MAX_OPENINGS = 3

# What a process that was killed for memory can look like from here.
_SIGNS_OF_MEMORY = frozenset(
    {
        Reason.RENDERER_CRASHED,
        Reason.DEADLINE_EXCEEDED,
        Reason.NAVIGATION_TIMEOUT,
        Reason.CONNECTION_FAILED,
        Reason.NOT_SETTLED,
        Reason.BLANK_IMAGE,
        Reason.INTERNAL_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture as it came from the browser."""

    output: OutputJob
    picture: bytes


async def capture(
    job: CaptureJob, report: Report, browser: BrowserProcess, deadline: Deadline, oom_kills: Callable[[], int]
) -> Failure | None:
    """Run all stages; return why the attempt failed, or `None`. Anything unforeseen is raised."""
    kills_before = oom_kills()

    def check_memory() -> None:
        if oom_kills() > kills_before:
            raise CaptureError(Reason.OUT_OF_MEMORY, "the memory limit of the pod ended a part of the browser")

    try:
        await Pipeline(job, report, browser, deadline).run(check_memory)
    except CaptureError as error:
        if error.reason in _SIGNS_OF_MEMORY and oom_kills() > kills_before:
            message = f"the memory limit of the pod ended a part of the browser: {error}"
            return CaptureError(Reason.OUT_OF_MEMORY, message).failure
        return error.failure
    except Exception:
        check_memory()
        raise
    return None


class Pipeline:
    """One attempt at one job."""

    def __init__(self, job: CaptureJob, report: Report, browser: BrowserProcess, deadline: Deadline) -> None:
        self._job = job
        self._report = report
        self._browser = browser
        self._deadline = deadline
        self._page_deadline = deadline
        self._steps = Steps(report, browser.ended)

    async def run(self, check_memory: Callable[[], None]) -> None:
        """Go from an empty browser to images in the bucket; `check_memory` raises when parts of the page were lost."""
        tls = upload.tls_context(self._job.storage_ca)
        tab = await self._start()
        await self._load(tab)
        shots = await self._shots_with_content(tab)
        check_memory()
        for shot in shots:
            image = await self._encode(shot)
            await self._upload(shot.output, image, tls)

    async def _start(self) -> Tab:
        async def work(deadline: Deadline) -> tuple[Outcome, Tab]:
            return Outcome.SETTLED, await self._browser.open_tab(self._job.viewport, self._job.sandbox, deadline)

        return await self._steps.run(Stage.BROWSER, self._deadline.within(BROWSER_SECONDS), work)

    async def _load(self, tab: Tab) -> None:
        """Open the page and let it settle; once more when the pod's own network cut it off."""
        for _ in range(MAX_OPENINGS):
            tab.traffic.cut_off = False
            await self._open(tab)
            await self._wait()
            await self._settle(tab, pause=0.0)
            if not tab.traffic.cut_off:
                return

    async def _open(self, tab: Tab) -> None:
        job = self._job
        self._page_deadline = page_deadline(self._deadline, job.wait.timeout_ms)

        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            outcome = await opening.run(tab, job.source, job.wait.until, deadline)
            self._report.page(await opening.reached_page(tab, deadline))
            return self._in_time(outcome, "the page was not loaded in time"), None

        async def judge(_: Deadline) -> tuple[Outcome, None]:
            gate.check(tab.page.url, tab.main_response, job.fail_on_http_status)
            return Outcome.SETTLED, None

        await self._steps.run(Stage.OPEN, self._page_deadline, work)
        await self._steps.run(Stage.GATE, self._deadline.within(GATE_SECONDS), judge)

    async def _wait(self) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            outcome = await wait.run(self._job.wait.delay_ms, deadline)
            return self._in_time(outcome, "the delay is longer than the timeout"), None

        await self._steps.run(Stage.WAIT, self._page_deadline, work)

    async def _shots_with_content(self, tab: Tab) -> list[Shot]:
        for pause in PAUSES_SECONDS:
            if pause:
                await self._settle(tab, pause)
            shots = await self._shoot(tab)
            blank = await self._blank(tab, shots, last=pause == PAUSES_SECONDS[-1])
            if not blank:
                break
        return shots

    async def _settle(self, tab: Tab, pause: float) -> None:
        full_page = any(output.area is Area.FULL_PAGE for output in self._job.outputs)

        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            await asyncio.sleep(min(pause, deadline.left()))
            if self._job.wait.until is not Until.SETTLED:
                return Outcome.SKIPPED, None
            settling = await settle.run(tab, full_page, deadline)
            self._report.page(await opening.reached_page(tab, deadline))
            outcome = Outcome.SETTLED if settling.settled else Outcome.TIMED_OUT
            return self._in_time(outcome, settling.complaint), None

        # Looking again after a blank picture is not the page's fault alone, so it doesn't come out of the page's time.
        limit = self._deadline if pause else self._page_deadline
        await self._steps.run(Stage.SETTLE, limit.within(pause + SETTLE_SECONDS), work)

    async def _shoot(self, tab: Tab) -> list[Shot]:
        async def work(deadline: Deadline) -> tuple[Outcome, list[Shot]]:
            # A script may have led to an error page since the gate.
            gate.check(tab.page.url, tab.main_response, self._job.fail_on_http_status)
            return Outcome.SETTLED, [
                Shot(output, await shoot.run(tab, output, deadline)) for output in self._job.outputs
            ]

        return await self._steps.run(Stage.SHOOT, self._deadline.within(SHOOT_SECONDS), work)

    async def _blank(self, tab: Tab, shots: list[Shot], last: bool) -> bool:
        async def work(_: Deadline) -> tuple[Outcome, bool]:
            for shot in shots:
                inspection = await asyncio.to_thread(check.inspect, shot.picture)
                full_page = shot.output.area is Area.FULL_PAGE
                if inspection.uniform and await check.has_content(tab, full_page):
                    if last:
                        message = f"the picture {shot.output.name} is one plain colour, and the page has content"
                        raise CaptureError(Reason.BLANK_IMAGE, message)
                    return Outcome.SETTLED, True
            return Outcome.SETTLED, False

        return await self._steps.run(Stage.CHECK, self._deadline.within(CHECK_SECONDS), work)

    async def _encode(self, shot: Shot) -> EncodedImage:
        async def work(_: Deadline) -> tuple[Outcome, EncodedImage]:
            return Outcome.SETTLED, await asyncio.to_thread(encode.run, shot.picture, shot.output.format)

        return await self._steps.run(Stage.ENCODE, self._deadline.within(ENCODE_SECONDS), work)

    async def _upload(self, output: OutputJob, image: EncodedImage, tls: upload.TLS) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            await upload.run(output.upload, image, tls, deadline)
            self._report.stored(StoredImage(output.name, image.sha256, len(image.content), image.width, image.height))
            return Outcome.SETTLED, None

        await self._steps.run(Stage.UPLOAD, self._deadline.within(UPLOAD_SECONDS), work)

    def _in_time(self, outcome: Outcome, complaint: str) -> Outcome:
        if outcome is Outcome.TIMED_OUT and self._job.wait.on_timeout is OnTimeout.FAIL:
            raise CaptureError(Reason.NOT_SETTLED, complaint)
        return outcome
