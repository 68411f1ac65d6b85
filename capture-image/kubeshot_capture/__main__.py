"""Job in, result out, exit code: the only place that reads the environment.

CAPTURE_JOB               the job, see kubeshot_contract.job
CAPTURE_STORAGE_CA        certificates in PEM for the upload; the system's when unset
CAPTURE_TERMINATION_LOG   the file the result goes to; /dev/termination-log, which the kubelet reads, when unset
KUBESHOT_CHROMIUM         the browser's path; Debian's places are tried when unset
"""

import asyncio
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from kubeshot_capture import cgroup, log, processes
from kubeshot_capture.browser import BrowserProcess
from kubeshot_capture.deadline import attempt_deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.pipeline import capture
from kubeshot_capture.report import Report
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.job import JOB_VARIABLE, STORAGE_CA_VARIABLE, CaptureJob, decode_job
from kubeshot_contract.reasons import ExitCode, Reason, exit_code_of
from kubeshot_contract.result import Failure

TERMINATION_LOG_VARIABLE = "CAPTURE_TERMINATION_LOG"
CHROMIUM_VARIABLE = "KUBESHOT_CHROMIUM"
EXIT_TERMINATED = 128 + signal.SIGTERM

# Debian's /usr/bin/chromium-headless-shell is a shell script around the first one, and would stay as a second process.
_USUAL_PLACES = (
    Path("/usr/lib/chromium/chromium-headless-shell"),
    Path("/usr/bin/chromium-headless-shell"),
    Path("/usr/lib/chromium/chromium"),
)


def main() -> NoReturn:
    """Run one attempt and end the process, with everything it started."""
    termination_log = Path(os.environ.get(TERMINATION_LOG_VARIABLE) or "/dev/termination-log")
    # Chromium's environment is read more easily than ours; the job holds the upload forms.
    text = os.environ.pop(JOB_VARIABLE, "")
    # Playwright's screenshot waits for the page's fonts, up to its whole timeout; settling has done so with a limit.
    os.environ["PW_TEST_SCREENSHOT_NO_FONTS_READY"] = "1"
    try:
        job = decode_job(text, os.environ.get(STORAGE_CA_VARIABLE))
    except MalformedMessageError as error:
        refused = Failure(Reason.INVALID_REQUEST, f"{JOB_VARIABLE} can't be read: {error}", retryable=False)
        Report(termination_log, 0, 0, cgroup.peak_memory).finish(refused)
        _leave(ExitCode.INVALID_REQUEST)
    report = Report(termination_log, job.run, job.attempt, cgroup.peak_memory)
    log.write("started", namespace=job.namespace, name=job.name, uid=job.uid, run=job.run, attempt=job.attempt)
    _leave(asyncio.new_event_loop().run_until_complete(_attempt(job, report, chromium_path(os.environ))))


def chromium_path(environment: Mapping[str, str]) -> Path:
    """Return the browser to run: the one that is named, or the first in the usual places."""
    named = environment.get(CHROMIUM_VARIABLE)
    return Path(named) if named else next((path for path in _USUAL_PLACES if path.exists()), _USUAL_PLACES[0])


async def _attempt(job: CaptureJob, report: Report, chromium: Path) -> ExitCode:
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _terminate, report)
    deadline = attempt_deadline(time.monotonic, job.deadline_ms)
    try:
        failure = await capture(job, report, BrowserProcess(chromium), deadline, cgroup.oom_kills)
    except CaptureError as error:
        failure = error.failure
    except Exception as error:
        # The last stop of everything unforeseen: the process ends here, and the log says where it came from.
        log.write("crashed", traceback=traceback.format_exc())
        message = f"{type(error).__name__}: {error}"
        failure = CaptureError(Reason.INTERNAL_ERROR, message).failure
    report.finish(failure)
    return exit_code_of(failure.reason) if failure else ExitCode.SUCCEEDED


def _terminate(report: Report) -> NoReturn:
    log.write("terminated")
    report.write()
    _leave(EXIT_TERMINATED)


def _leave(code: int) -> NoReturn:
    """End at once: the result is out, and neither threads nor Chromium have anything left to say."""
    processes.kill_descendants()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
