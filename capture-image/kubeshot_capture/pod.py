"""What a pod does with what it was given: one attempt, or as many as a warm one may make."""

import asyncio
import shutil
import signal
import tempfile
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from kubeshot_capture import attempt, cgroup, log
from kubeshot_capture.announcement import Announcement
from kubeshot_capture.assets import assets_folder
from kubeshot_capture.browser import BrowserProcess, Driver
from kubeshot_capture.capture import capture
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import attempt_deadline
from kubeshot_capture.dispatch import Access, DispatchLine, take_access
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.proxy import upstream_of
from kubeshot_capture.redaction import Redaction
from kubeshot_capture.report import Report, write_whole
from kubeshot_capture.stages.upload import Bucket
from kubeshot_capture.supplies import take_supplies
from kubeshot_contract.dispatch import (
    DISPATCH_VARIABLE,
    TOKEN_VARIABLE,
    WARM_VARIABLE,
    JobName,
    WarmEndReason,
    WarmLimits,
    decode_limits,
    encode_warm_end,
)
from kubeshot_contract.egress import PROXY_VARIABLE
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.job import JOB_VARIABLE, STORAGE_CA_VARIABLE, CaptureJob, take_job
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Failure
from kubeshot_contract.secret_values import FILES_FOLDER

TERMINATION_LOG_VARIABLE = "CAPTURE_TERMINATION_LOG"
FILES_VARIABLE = "CAPTURE_FILES"
EXIT_TERMINATED = 128 + signal.SIGTERM

Environment = MutableMapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What every pod has: its variables, the driver that is starting, and the file for its last words."""

    environment: Environment
    driver: Driver
    termination_log: Path
    proxy: str | None
    """The URL of the class's own proxy, with its credentials."""

    @property
    def chromium(self) -> Path:
        """The browser to run."""
        return attempt.chromium_path(self.environment)


async def run(environment: Environment, driver: Driver) -> NoReturn:
    """Do what these variables ask for, and end the process with everything it started."""
    last_words = Path(environment.get(TERMINATION_LOG_VARIABLE) or "/dev/termination-log")
    given = Given(environment, driver, last_words, environment.pop(PROXY_VARIABLE, None))
    try:
        access = take_access(environment)
        if (warm := environment.pop(WARM_VARIABLE, None)) is not None:
            await _work(given, decode_limits(warm), access)
        job = take_job(environment)
    except MalformedMessageError as error:
        refused = Failure(
            Reason.INVALID_REQUEST,
            f"what {JOB_VARIABLE} or {WARM_VARIABLE} says can't be read: {error}",
            retryable=False,
        )
        Report(given.termination_log, 0, 0, cgroup.peak_memory).finish(refused)
        attempt.leave(ExitCode.INVALID_REQUEST)
    await _attempt(given, job, access)


async def _work(given: Given, limits: WarmLimits, access: Access | None) -> NoReturn:
    if access is None:
        raise MalformedMessageError(f"{TOKEN_VARIABLE} or {DISPATCH_VARIABLE} is missing")
    # Most pods never need it, and each module costs time at the start.
    from kubeshot_capture.warm import program
    from kubeshot_capture.warm.orders import Orders

    orders = Orders(access, given.environment.pop(STORAGE_CA_VARIABLE, None))
    place = program.Place(given.driver, given.chromium, assets_folder(given.environment), given.proxy)
    end = await program.run(limits, orders, place)
    write_whole(given.termination_log, encode_warm_end(end).encode())
    failed = end.reason is WarmEndReason.BROWSER_FAILED
    attempt.leave(ExitCode.INTERNAL_ERROR if failed else ExitCode.SUCCEEDED)


async def _attempt(given: Given, job: CaptureJob, access: Access | None) -> NoReturn:
    redaction = Redaction()
    log.clean_with(redaction.clean)
    report = Report(given.termination_log, job.run, job.attempt, cgroup.peak_memory, redaction.clean)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _terminate, report)
    log.write("started", namespace=job.namespace, name=job.name, uid=job.uid, run=job.run, attempt=job.attempt)
    folder = Path(tempfile.mkdtemp(prefix="capture-"))
    code = await attempt.finished(_capture(given, job, folder, report, redaction), report)
    announcement = access and Announcement(DispatchLine(access), JobName(job.uid, job.run, job.attempt), report.result)
    shutil.rmtree(folder, ignore_errors=True)
    if announcement:
        announcement.wait()
    attempt.leave(code)


async def _capture(given: Given, job: CaptureJob, folder: Path, report: Report, redaction: Redaction) -> Failure | None:
    deadline = attempt_deadline(time.monotonic, job.deadline_ms)
    files = Path(given.environment.get(FILES_VARIABLE) or FILES_FOLDER)
    supplies = take_supplies(job.spec, given.environment, files)
    redaction.hide(supplies.hidden())
    bucket = Bucket(job.uploads, job.storage_ca)
    guard = Guard(job.egress, upstream=upstream_of(given.proxy))
    commission = Commission(job.spec, supplies, job.sandbox, guard, folder, bucket, assets_folder(given.environment))
    browser = BrowserProcess(given.chromium, given.driver)
    return await capture(commission, report, browser, deadline, cgroup.oom_kills)


def _terminate(report: Report) -> NoReturn:
    log.write("terminated")
    report.write()
    attempt.leave(EXIT_TERMINATED)
