"""Runs one stage: inside its time, with an eye on the browser, and with a verdict however it ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.report import Report
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome, Stage

Value = TypeVar("Value")
Work = Callable[[Deadline], Coroutine[Any, Any, tuple[Outcome, Value]]]

# Stages end by themselves at their deadline, with a better sentence. This is for those that can't. It is less than what
# `deadline` keeps back for the report.
GRACE_SECONDS = 0.7
# An error of a dying browser comes before the event that says that it died.
OBITUARY_SECONDS = 0.5


class Steps:
    """Runs stages for one report; `browser_ended` gets a sentence when the browser or its renderer dies."""

    def __init__(self, report: Report, browser_ended: asyncio.Future[str]) -> None:
        self._report = report
        self._browser_ended = browser_ended

    async def run(self, stage: Stage, deadline: Deadline, work: Work[Value]) -> Value:
        """Return what the work returns; raise `CaptureError` when its time is over or the browser has died."""
        start = deadline.clock()
        outcome = Outcome.FAILED
        try:
            outcome, value = await self._bounded(stage, deadline, work)
        finally:
            self._report.stage(stage, outcome, round((deadline.clock() - start) * 1000))
        return value

    async def _bounded(self, stage: Stage, deadline: Deadline, work: Work[Value]) -> tuple[Outcome, Value]:
        seconds = deadline.left()
        task = asyncio.ensure_future(work(deadline))
        try:
            either: set[asyncio.Future[Any]] = {task, self._browser_ended}
            await asyncio.wait(either, timeout=seconds + GRACE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return await self._result_of(task)
            self._raise_if_ended()
            raise CaptureError(
                Reason.DEADLINE_EXCEEDED, f"the time ran out in stage {stage}, after {seconds:.1f} s of it"
            )
        finally:
            task.cancel()

    async def _result_of(self, task: asyncio.Future[tuple[Outcome, Value]]) -> tuple[Outcome, Value]:
        error = task.exception()
        if error and not isinstance(error, CaptureError):
            await asyncio.wait({self._browser_ended}, timeout=OBITUARY_SECONDS)
            self._raise_if_ended()
        return task.result()

    def _raise_if_ended(self) -> None:
        if self._browser_ended.done():
            raise CaptureError(Reason.RENDERER_CRASHED, self._browser_ended.result())
