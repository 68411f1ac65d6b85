"""What a capture is commissioned with, wherever it runs."""

from dataclasses import dataclass
from pathlib import Path

from kubeshot_capture.destination import Destination
from kubeshot_capture.guard.guard import Guard
from kubeshot_capture.supplies import Supplies
from kubeshot_contract.options import Sandbox
from kubeshot_contract.spec import CaptureSpec


@dataclass(frozen=True, slots=True)
class Commission:
    """What is captured, with what, and where it goes. `folder` is for files that are gone after the capture.

    `assets` is the folder that `make assets` fills: `consent/` and `filter-lists/`. `None` where it was not made.
    """

    spec: CaptureSpec
    supplies: Supplies
    sandbox: Sandbox
    guard: Guard
    folder: Path
    destination: Destination
    assets: Path | None = None
