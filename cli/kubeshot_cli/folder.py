"""A folder as the destination of a capture."""

import shutil
from pathlib import Path

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.material import EncodedFile
from kubeshot_contract.output import Output
from kubeshot_contract.reasons import Reason


class Folder:
    """Keeps each output as `<name>.<extension>`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Make the folder; raise `CaptureError` when that is not possible."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CaptureError(
                Reason.UPLOAD_FAILED, f"the folder {self._folder} can't be made: {error.strerror}"
            ) from error

    async def deliver(self, file: EncodedFile, deadline: Deadline) -> None:
        """Put a file there."""
        target = file_of(self._folder, file.output)
        try:
            shutil.move(file.path, target)
        except OSError as error:
            raise CaptureError(Reason.UPLOAD_FAILED, f"{target} can't be written: {error.strerror}") from error


def file_of(folder: Path, output: Output) -> Path:
    """Return where an output is kept."""
    return folder / f"{output.name}.{output.format.extension}"
