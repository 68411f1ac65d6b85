"""A part of the browser that the kernel killed for memory is told as that, whatever it looked like."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from kubeshot_capture.browser import BrowserProcess
from kubeshot_capture.capture import capture
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.report import Report
from kubeshot_capture.stages.upload import Bucket
from kubeshot_capture.supplies import Supplies
from kubeshot_contract.egress import Egress
from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Failure
from unit.capture.clock import FakeClock
from unit.contract.make import make_spec


class DyingBrowser(BrowserProcess):
    """A browser that does not start, for a given reason."""

    def __init__(self, error: Exception) -> None:
        super().__init__(Path("/nowhere"))
        self._error = error

    async def start(self, sandbox: Sandbox, deadline: Deadline) -> Browser:
        """Raise the error."""
        raise self._error


def counter(*counts: int) -> Callable[[], int]:
    """Return a function that returns these counts, the last one for ever."""

    def count() -> Iterator[int]:
        yield from counts
        while True:
            yield counts[-1]

    values = count()
    return lambda: next(values)


def attempt(error: Exception, oom_kills: Callable[[], int], folder: Path) -> Failure | None:
    async def run() -> Failure | None:
        clock = FakeClock()
        report = Report(folder / "last-words", 1, 1, lambda: None)
        commission = Commission(make_spec(), Supplies(), Sandbox.DISABLED, Guard(Egress()), folder, Bucket({}, None))
        return await capture(commission, report, DyingBrowser(error), Deadline(clock, clock.now + 5), oom_kills)

    return asyncio.run(run())


def crash(reason: Reason = Reason.RENDERER_CRASHED) -> CaptureError:
    return CaptureError(reason, "it is over")


def test_a_crash_after_a_kill_is_a_lack_of_memory(tmp_path: Path) -> None:
    failure = attempt(crash(), counter(2, 3), tmp_path)
    assert failure is not None
    assert failure.reason is Reason.OUT_OF_MEMORY
    assert failure.retryable
    assert "it is over" in failure.message


def test_a_crash_without_a_kill_is_a_crash(tmp_path: Path) -> None:
    failure = attempt(crash(), counter(2), tmp_path)
    assert failure is not None
    assert failure.reason is Reason.RENDERER_CRASHED


def test_what_has_nothing_to_do_with_memory_keeps_its_reason(tmp_path: Path) -> None:
    failure = attempt(crash(Reason.HTTP_ERROR), counter(2, 3), tmp_path)
    assert failure is not None
    assert failure.reason is Reason.HTTP_ERROR


def test_what_nobody_foresaw_is_raised(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(ZeroDivisionError(), counter(2), tmp_path)


def test_what_nobody_foresaw_after_a_kill_is_a_lack_of_memory(tmp_path: Path) -> None:
    with pytest.raises(CaptureError) as caught:
        attempt(ZeroDivisionError(), counter(2, 3), tmp_path)
    assert caught.value.reason is Reason.OUT_OF_MEMORY
