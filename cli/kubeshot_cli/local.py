"""The pipeline on this machine: no pod, no bucket, no termination log."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from kubeshot_capture import attempt, log
from kubeshot_capture.browser import BrowserProcess
from kubeshot_capture.capture import capture
from kubeshot_capture.commission import Commission
from kubeshot_capture.deadline import attempt_deadline
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.redaction import Redaction
from kubeshot_capture.report import Report
from kubeshot_cli.folder import Folder
from kubeshot_cli.orders import Order
from kubeshot_cli.progress import Progress
from kubeshot_contract.egress import Egress
from kubeshot_contract.options import Sandbox
from kubeshot_contract.result import Failure

# Whoever runs it may reach what this machine does: a page that is being written is mostly on localhost.
ANYWHERE = Egress(private_cidrs=("0.0.0.0/0", "::/0"))


@dataclass(frozen=True, slots=True)
class Machine:
    """What all captures of one command have in common."""

    chromium: Path
    assets: Path | None
    sandbox: Sandbox
    milliseconds: int
    colourful: bool


def capture_here(order: Order, machine: Machine, folder: Path, result: Path) -> int:
    """Capture, with files of its own in `folder`, write the result as the pod does, and return the exit code."""
    redaction = Redaction()
    redaction.hide(order.supplies.hidden())
    log.clean_with(redaction.clean)
    log.tell_with(Progress(time.monotonic, machine.colourful).tell)
    report = Report(result, 1, 1, lambda: None, redaction.clean)
    commission = Commission(
        order.spec,
        order.supplies,
        machine.sandbox,
        Guard(ANYWHERE),
        folder,
        Folder(order.folder),
        assets=machine.assets,
    )

    async def work() -> Failure | None:
        browser = BrowserProcess(machine.chromium)
        deadline = attempt_deadline(time.monotonic, machine.milliseconds)
        return await capture(commission, report, browser, deadline, lambda: 0)

    # Never closed: the process ends with the capture, and what it started with it.
    return asyncio.new_event_loop().run_until_complete(attempt.finished(work(), report))
