"""Tells the operator how an attempt ended, sooner than the kubelet does; the termination message says the same."""

import threading
import time
from contextlib import closing
from http import HTTPStatus

from kubeshot_capture import log
from kubeshot_capture.dispatch import DispatchLine, UnansweredError
from kubeshot_contract.dispatch import RESULT_PATH, JobName, Report, encode_report
from kubeshot_contract.result import CaptureResult

# The pod's end waits for no more than this, whatever becomes of it.
ALL_SECONDS = 1.0
TRY_SECONDS = 0.5
TRIES = 2


class Announcement:
    """One report on its way. A thread of its own, since the look-up of a name has no limit in time."""

    def __init__(self, line: DispatchLine, name: JobName, result: CaptureResult) -> None:
        """Send the result of this attempt from now on."""
        self._end = time.monotonic() + ALL_SECONDS
        self._thread = threading.Thread(target=_send, args=(line, encode_report(Report(name, result))), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when it has arrived, or can't any more."""
        self._thread.join(max(0.0, self._end - time.monotonic()))


def _send(line: DispatchLine, body: str) -> None:
    with closing(line):
        for _ in range(TRIES):
            try:
                answer = line.ask(RESULT_PATH, body, TRY_SECONDS)
            except UnansweredError as error:
                log.write("unannounced", complaint=str(error))
                continue
            if answer.status == HTTPStatus.NO_CONTENT:
                return
            log.write("unannounced", status=answer.status)
            if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
                return
