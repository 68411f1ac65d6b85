"""Runs a capture in a process of its own, as a pod would: it ends at once, and takes everything it started with it."""

import os
import signal
import traceback
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from kubeshot_capture import processes
from kubeshot_capture.attempt import leave
from kubeshot_contract.reasons import ExitCode

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody wants the command to end; the exit code is the one that shells expect."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def listen() -> None:
    """Raise `Interrupted` for Ctrl-C, for a request to end, and for a terminal that is closed."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def run_apart(work: Callable[[], int]) -> int:
    """Return the exit code of the work; kill its process, with all that it started, when this one is interrupted."""
    # Neither side may hear a signal before it knows which one it is.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    child = os.fork()
    if child == 0:
        _be_child(work)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        _, status = os.waitpid(child, 0)
    except Interrupted:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        processes.kill_descendants()
        os.waitpid(child, 0)
        raise
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else ExitCode.INTERNAL_ERROR


def _be_child(work: Callable[[], int]) -> NoReturn:
    # A terminal sends Ctrl-C to its whole session. Playwright's driver would end by itself, and Chromium would be
    # nobody's child any more: only the parent hears of it, and ends them all.
    os.setsid()
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    code: int = ExitCode.INTERNAL_ERROR
    try:
        code = work()
    except Exception:
        # The last stop of this process: what is left of the traceback would unwind into the parent's frames.
        traceback.print_exc()
    leave(code)


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    raise Interrupted(number)
