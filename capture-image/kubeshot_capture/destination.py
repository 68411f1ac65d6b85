"""Where finished files go."""

from typing import Protocol

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.material import EncodedFile


class Destination(Protocol):
    """The port to wherever outputs are kept."""

    def check(self) -> None:
        """Raise `CaptureError` when nothing can be delivered there; called before the browser starts."""

    async def deliver(self, file: EncodedFile, deadline: Deadline) -> None:
        """Keep a file; raise `CaptureError` when that is not possible by the deadline."""
