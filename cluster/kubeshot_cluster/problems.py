"""What can go wrong in a way the reader can do something about."""

from pathlib import Path


class ClusterError(Exception):
    """One sentence that says what is wrong and what to do. It is printed without a traceback."""


class CommandFailedError(ClusterError):
    """A program ended with an error. Its output is in the log."""

    def __init__(self, command: str, status: int, log: Path) -> None:
        super().__init__(f"`{command}` failed with status {status}; its output is in {log}.")
        self.log = log
