"""Job in, result out, exit code: the only place that reads the environment.

CAPTURE_JOB, …_2          the job, see kubeshot_contract.job
CAPTURE_SECRET_1, …       the values of Secrets that the job names, see kubeshot_contract.secret_values
CAPTURE_FILES             the folder of the files that the job names; /kubeshot when unset
KUBESHOT_ASSETS           the folder of consent engine and filter lists; without it there are none
CAPTURE_STORAGE_CA        certificates in PEM for the upload; the system's when unset
CAPTURE_TERMINATION_LOG   the file the result goes to; /dev/termination-log, which the kubelet reads, when unset
KUBESHOT_CHROMIUM         the browser's path; Debian's places are tried when unset
"""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from kubeshot_capture import attempt, cgroup, log
from kubeshot_capture.assets import assets_folder
from kubeshot_capture.browser import PLAYWRIGHT_VARIABLES, BrowserProcess
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import attempt_deadline
from kubeshot_capture.pipeline import capture
from kubeshot_capture.redaction import Redaction
from kubeshot_capture.report import Report
from kubeshot_capture.stages.upload import Bucket
from kubeshot_capture.supplies import take_supplies
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.job import JOB_VARIABLE, CaptureJob, take_job
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Failure
from kubeshot_contract.secret_values import FILES_FOLDER

TERMINATION_LOG_VARIABLE = "CAPTURE_TERMINATION_LOG"
FILES_VARIABLE = "CAPTURE_FILES"
EXIT_TERMINATED = 128 + signal.SIGTERM


def main() -> NoReturn:
    """Run one attempt and end the process, with everything it started."""
    termination_log = Path(os.environ.get(TERMINATION_LOG_VARIABLE) or "/dev/termination-log")
    os.environ.update(PLAYWRIGHT_VARIABLES)
    try:
        # Chromium's environment is read more easily than ours; the job holds the upload forms.
        job = take_job(os.environ)
    except MalformedMessageError as error:
        refused = Failure(Reason.INVALID_REQUEST, f"{JOB_VARIABLE} can't be read: {error}", retryable=False)
        Report(termination_log, 0, 0, cgroup.peak_memory).finish(refused)
        attempt.leave(ExitCode.INVALID_REQUEST)
    redaction = Redaction()
    log.clean_with(redaction.clean)
    report = Report(termination_log, job.run, job.attempt, cgroup.peak_memory, redaction.clean)
    log.write("started", namespace=job.namespace, name=job.name, uid=job.uid, run=job.run, attempt=job.attempt)
    folder = Path(tempfile.mkdtemp(prefix="capture-"))
    code = asyncio.new_event_loop().run_until_complete(_attempt(job, folder, report, redaction))
    shutil.rmtree(folder, ignore_errors=True)
    attempt.leave(code)


async def _attempt(job: CaptureJob, folder: Path, report: Report, redaction: Redaction) -> ExitCode:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _terminate, report)
    return await attempt.finished(_capture(job, folder, report, redaction), report)


async def _capture(job: CaptureJob, folder: Path, report: Report, redaction: Redaction) -> Failure | None:
    deadline = attempt_deadline(time.monotonic, job.deadline_ms)
    supplies = take_supplies(job.spec, os.environ, Path(os.environ.get(FILES_VARIABLE) or FILES_FOLDER))
    redaction.hide(supplies.hidden())
    bucket = Bucket(job.uploads, job.storage_ca)
    assets = assets_folder(os.environ)
    commission = Commission(job.spec, supplies, job.sandbox, folder, bucket, assets)
    browser = BrowserProcess(attempt.chromium_path(os.environ))
    return await capture(commission, report, browser, deadline, cgroup.oom_kills)


def _terminate(report: Report) -> NoReturn:
    log.write("terminated")
    report.write()
    attempt.leave(EXIT_TERMINATED)


if __name__ == "__main__":
    main()
