"""One attempt at a request, told apart from one that the memory limit ended."""

from collections.abc import Callable

from kubeshot_capture.browser import CaptureBrowser
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.pipeline import Pipeline
from kubeshot_capture.report import Report
from kubeshot_capture.stages.open import INLINE_HOST
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Failure

# What a process that was killed for memory can look like from here.
_SIGNS_OF_MEMORY = frozenset(
    {
        Reason.RENDERER_CRASHED,
        Reason.DEADLINE_EXCEEDED,
        Reason.NAVIGATION_TIMEOUT,
        Reason.CONNECTION_FAILED,
        Reason.NOT_SETTLED,
        Reason.BLANK_IMAGE,
        Reason.INTERNAL_ERROR,
    }
)


async def capture(
    commission: Commission,
    report: Report,
    browser: CaptureBrowser,
    deadline: Deadline,
    oom_kills: Callable[[], int],
) -> Failure | None:
    """Run all stages; return why the attempt failed, or `None`. Anything unforeseen is raised."""
    kills_before = oom_kills()

    def check_memory() -> None:
        if oom_kills() > kills_before:
            raise CaptureError(Reason.OUT_OF_MEMORY, "the memory limit of the pod ended a part of the browser")

    guard = commission.guard
    try:
        await Pipeline(commission, report, browser, deadline).run(check_memory)
    except CaptureError as error:
        if error.reason in _SIGNS_OF_MEMORY and oom_kills() > kills_before:
            message = f"the memory limit of the pod ended a part of the browser: {error}"
            return CaptureError(Reason.OUT_OF_MEMORY, message).failure
        return error.failure
    except Exception:
        check_memory()
        raise
    finally:
        # What an inline page links to relatively leads nowhere, and that is nobody's fault.
        refused = tuple(host for host in guard.record.refused if host != INLINE_HOST)
        report.traffic(refused, guard.record.received)
        await guard.close()
    return None
