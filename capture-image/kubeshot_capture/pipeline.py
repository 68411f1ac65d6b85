"""The stages in order, under one deadline."""

import asyncio
from collections.abc import Callable

from kubeshot_capture.browser import CaptureBrowser
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline, page_deadline
from kubeshot_capture.delivery import Delivery
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.material import Picture, Shot
from kubeshot_capture.report import Report
from kubeshot_capture.stages import (
    check,
    clean,
    consent,
    context,
    documents,
    freeze,
    gate,
    reveal,
    settle,
    shoot,
    styling,
    wait,
)
from kubeshot_capture.stages import open as opening
from kubeshot_capture.steps import Steps
from kubeshot_capture.tab import Tab
from kubeshot_contract.options import OnTimeout, Until
from kubeshot_contract.output import FullPageArea
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome, Stage

CONTEXT_SECONDS = 30.0
GATE_SECONDS = 2.0
REVEAL_SECONDS = 10.0
SETTLE_SECONDS = 8.0
FREEZE_SECONDS = 2.0
SHOOT_SECONDS = 120.0
CHECK_SECONDS = 20.0

# Before each look at the page: a blank picture gets three more, each after a longer pause.
PAUSES_SECONDS = (0.0, 0.5, 1.0, 1.5)

# A new pod's network gets its last address up to two seconds after its start (IPv6 first looks for another owner), and
# Chromium drops what it is connecting to two seconds after that.
MAX_OPENINGS = 3


class Pipeline:
    """One attempt at one request."""

    def __init__(self, commission: Commission, report: Report, browser: CaptureBrowser, deadline: Deadline) -> None:
        self._commission = commission
        self._spec = commission.spec
        self._report = report
        self._browser = browser
        self._deadline = deadline
        self._page_deadline = deadline
        self._steps = Steps(report, browser.ended)

    async def run(self, check_memory: Callable[[], None]) -> None:
        """Go from an empty browser to delivered files; `check_memory` raises when parts of the page were lost."""
        self._commission.destination.check()
        tab = await self._context()
        await self._load(tab)
        shots = await self._shots_with_content(tab)
        self._report.note_all(tab.tally.sentences())
        self._report.note_all(styling.shown_behind_masks(self._spec.prepare, self._spec.outputs))
        check_memory()
        if overrun := self._commission.guard.overrun():
            raise CaptureError(overrun.reason, overrun.message)
        self._browser.release()
        await Delivery(self._commission, self._report, self._steps, self._deadline).run(shots)

    async def _context(self) -> Tab:
        async def work(deadline: Deadline) -> tuple[Outcome, Tab]:
            tab = await context.run(self._browser, self._commission, self._report.note, deadline)
            if self._spec.emulate.java_script:
                await consent.install(tab.page, self._spec.prepare.consent, self._commission.assets, tab.banners)
            return Outcome.SETTLED, tab

        return await self._steps.run(Stage.CONTEXT, self._deadline.within(CONTEXT_SECONDS), work)

    async def _load(self, tab: Tab) -> None:
        """Open the page and let it settle; once more when the pod's own network cut it off."""
        for _ in range(MAX_OPENINGS):
            tab.traffic.cut_off = False
            await self._open(tab)
            await self._gate(tab)
            await self._wait(tab)
            await self._clean(tab)
            await self._reveal(tab)
            await self._settle(tab, pause=0.0)
            if not tab.traffic.cut_off:
                return

    async def _open(self, tab: Tab) -> None:
        rule = self._spec.wait
        self._page_deadline = page_deadline(self._deadline, rule.timeout_ms)

        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            outcome = await opening.run(tab, self._spec.source, self._commission.supplies.html, rule.until, deadline)
            self._report.page(opening.reached_page(tab))
            return self._in_time(outcome, "the page was not loaded in time"), None

        await self._steps.run(Stage.OPEN, self._page_deadline, work)

    async def _gate(self, tab: Tab) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            try:
                await asyncio.gather(gate.run(tab, self._spec.fail_on, deadline), tab.session())
            finally:
                self._report.page(opening.reached_page(tab))
            return Outcome.SETTLED, None

        await self._steps.run(Stage.GATE, self._deadline.within(GATE_SECONDS), work)

    async def _wait(self, tab: Tab) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            return await wait.run(tab, self._spec.wait, deadline), None

        await self._steps.run(Stage.WAIT, self._page_deadline, work)

    async def _clean(self, tab: Tab) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            outcome = await clean.run(tab, self._spec.prepare, deadline)
            return self._in_time(outcome, "there was no time left for all actions"), None

        await self._steps.run(Stage.CLEAN, self._page_deadline, work)

    async def _reveal(self, tab: Tab) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            outcome = await reveal.run(tab, self._spec.outputs, deadline)
            return self._in_time(outcome, "the page was not scrolled through in time"), None

        await self._steps.run(Stage.REVEAL, self._page_deadline.within(REVEAL_SECONDS), work)

    async def _settle(self, tab: Tab, pause: float) -> None:
        full_page = any(isinstance(output.area, FullPageArea) for output in self._spec.outputs)

        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            await asyncio.sleep(min(pause, deadline.left()))
            await tab.advance_clock(last=False)
            usual = deadline.within(SETTLE_SECONDS)
            if self._spec.wait.until is not Until.SETTLED:
                await clean.finish_banners(tab, usual)
                self._report.page(await opening.titled_page(tab, deadline))
                return Outcome.SKIPPED, None
            answered = tab.banners.changes
            settling = await settle.run(tab, full_page, usual, deadline)
            await clean.finish_banners(tab, usual)
            if tab.banners.changes > answered:
                settling = await settle.run(tab, full_page, usual, deadline)
            self._report.page(await opening.titled_page(tab, deadline))
            outcome = Outcome.SETTLED if settling.settled else Outcome.TIMED_OUT
            return self._in_time(outcome, settling.complaint), None

        # Looking again after a blank picture is not the page's fault alone, so it doesn't come out of the page's time.
        limit = self._deadline.within(pause + SETTLE_SECONDS) if pause else self._page_deadline
        await self._steps.run(Stage.SETTLE, limit, work)

    async def _shots_with_content(self, tab: Tab) -> list[Shot]:
        for pause in PAUSES_SECONDS:
            if pause:
                await self._settle(tab, pause)
            await self._freeze(tab)
            shots = await self._shoot(tab)
            blank = await self._blank(tab, shots, last=pause == PAUSES_SECONDS[-1])
            if not blank:
                break
        return shots

    async def _freeze(self, tab: Tab) -> None:
        async def work(deadline: Deadline) -> tuple[Outcome, None]:
            await tab.advance_clock(last=True)
            await clean.cover(tab, self._spec.prepare, deadline)
            return await freeze.run(tab, deadline), None

        await self._steps.run(Stage.FREEZE, self._deadline.within(FREEZE_SECONDS), work)

    async def _shoot(self, tab: Tab) -> list[Shot]:
        async def work(deadline: Deadline) -> tuple[Outcome, list[Shot]]:
            # A script may have led to an error page since the gate.
            await gate.run(tab, self._spec.fail_on, deadline)
            folder, outputs = self._commission.folder, self._spec.outputs
            pictures = iter(
                await shoot.run(tab, [output for output in outputs if output.format.is_picture], folder, deadline)
            )
            # Printing lays the page out anew, so documents come last.
            return Outcome.SETTLED, [
                next(pictures) if output.format.is_picture else await documents.run(tab, output, folder, deadline)
                for output in outputs
            ]

        return await self._steps.run(Stage.SHOOT, self._deadline.within(SHOOT_SECONDS), work)

    async def _blank(self, tab: Tab, shots: list[Shot], last: bool) -> bool:
        async def work(deadline: Deadline) -> tuple[Outcome, bool]:
            pictures = [shot for shot in shots if isinstance(shot, Picture)]
            blank = await check.run(tab, pictures, self._spec.fail_on, deadline)
            if blank and last:
                message = f"the picture {blank.output.name} is one plain colour, and the page has content"
                raise CaptureError(Reason.BLANK_IMAGE, message)
            return Outcome.SETTLED, blank is not None

        return await self._steps.run(Stage.CHECK, self._deadline.within(CHECK_SECONDS), work)

    def _in_time(self, outcome: Outcome, complaint: str) -> Outcome:
        if outcome is Outcome.TIMED_OUT and self._spec.wait.on_timeout is OnTimeout.FAIL:
            raise CaptureError(Reason.NOT_SETTLED, complaint)
        return outcome
