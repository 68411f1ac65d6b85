"""Captures as a warm pod makes them: the same pipeline, in a context of its own, with a result of its own."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kubeshot_capture import attempt, log
from kubeshot_capture.capture import capture
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline, attempt_deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.proxy import upstream_of
from kubeshot_capture.report import Report
from kubeshot_capture.stages.upload import Bucket
from kubeshot_capture.supplies import take_supplies
from kubeshot_capture.warm import clipboard
from kubeshot_capture.warm.chromium import Chromium
from kubeshot_capture.warm.seat import Seat
from kubeshot_capture.warm.turns import Turns
from kubeshot_contract.job import CaptureJob
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult, Failure

# A pipeline ends by itself a second before its attempt is over. One that is still there by then hangs.
HANGING_SECONDS = 1.0

# The kubelet mounts nothing for a job that comes over the network: what refers to a Secret gets a pod of its own.
_NOWHERE = Path("/nonexistent")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all captures of a pod share. `proxy` is the URL of the class's own, `oom_kills` counts the whole pod's."""

    chromium: Chromium
    assets: Path | None
    proxy: str | None
    oom_kills: Callable[[], int]


class Captures:
    """Makes captures, several at a time."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._turns = Turns()

    async def make(self, job: CaptureJob, on_release: Callable[[], None]) -> CaptureResult:
        """Return the result of a job; `on_release` is called once its page is gone, sooner or later than that."""
        log.speak_of(namespace=job.namespace, name=job.name, uid=job.uid, run=job.run, attempt=job.attempt)
        log.write("started")
        # The kernel's peak is that of the pod and all its captures.
        report = Report(None, job.run, job.attempt, lambda: None)
        seat = Seat(self._surroundings.chromium, self._surroundings.oom_kills, on_release)
        try:
            await attempt.finished(self._bounded(job, seat, report), report)
        finally:
            seat.release()
        return report.result

    async def _bounded(self, job: CaptureJob, seat: Seat, report: Report) -> Failure | None:
        deadline = attempt_deadline(time.monotonic, job.deadline_ms)
        folder = Path(tempfile.mkdtemp(prefix="capture-"))
        try:
            async with asyncio.timeout(job.deadline_ms / 1000 + HANGING_SECONDS):
                return await self._in_turn(self._commission(job, folder), seat, report, deadline)
        except TimeoutError as error:
            raise CaptureError(Reason.DEADLINE_EXCEEDED, "the capture did not end at its deadline") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _commission(self, job: CaptureJob, folder: Path) -> Commission:
        supplies = take_supplies(job.spec, {}, _NOWHERE)
        bucket = Bucket(job.uploads, job.storage_ca)
        guard = Guard(job.egress, upstream=upstream_of(self._surroundings.proxy))
        return Commission(job.spec, supplies, job.sandbox, guard, folder, bucket, self._surroundings.assets)

    async def _in_turn(self, commission: Commission, seat: Seat, report: Report, deadline: Deadline) -> Failure | None:
        chromium = self._surroundings.chromium
        alone = clipboard.may_paste(commission.spec)
        await self._turns.enter(alone=alone)
        try:
            if alone:
                running = await chromium.start(commission.sandbox, deadline)
                await clipboard.overwrite(running.browser)
            return await capture(commission, report, seat, deadline, seat.oom_kills)
        finally:
            await self._turns.leave()
