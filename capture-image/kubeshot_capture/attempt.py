"""One attempt from its start to its exit code: what the pod's program and the command share."""

import os
import sys
import traceback
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import NoReturn

from kubeshot_capture import log, processes
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.report import Report
from kubeshot_contract.reasons import ExitCode, Reason, exit_code_of
from kubeshot_contract.result import Failure

CHROMIUM_VARIABLE = "KUBESHOT_CHROMIUM"

# Debian's /usr/bin/chromium-headless-shell is a shell script around the first one, and would stay as a second process.
_USUAL_PLACES = (
    Path("/usr/lib/chromium/chromium-headless-shell"),
    Path("/usr/bin/chromium-headless-shell"),
    Path("/usr/lib/chromium/chromium"),
)


def chromium_path(environment: Mapping[str, str]) -> Path:
    """Return the browser to run: the one that is named, or the first in the usual places."""
    named = environment.get(CHROMIUM_VARIABLE)
    return Path(named) if named else next((path for path in _USUAL_PLACES if path.exists()), _USUAL_PLACES[0])


async def finished(work: Awaitable[Failure | None], report: Report) -> ExitCode:
    """Await a capture, say in the report how it ended, and return the exit code for that."""
    try:
        failure = await work
    except CaptureError as error:
        failure = error.failure
    except Exception as error:
        # The last stop of everything unforeseen: the process ends here, and the log says where it came from.
        log.write("crashed", traceback=traceback.format_exc())
        message = f"{type(error).__name__}: {error}"
        failure = CaptureError(Reason.INTERNAL_ERROR, message).failure
    report.finish(failure)
    return exit_code_of(failure.reason) if failure else ExitCode.SUCCEEDED


def leave(code: int) -> NoReturn:
    """End at once: the result is out, and neither threads nor Chromium have anything left to say."""
    processes.kill_descendants()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
