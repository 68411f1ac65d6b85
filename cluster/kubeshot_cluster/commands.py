"""Runs other programs, with their output in a log."""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from kubeshot_cluster.problems import ClusterError, CommandFailedError


class Commands(Protocol):
    """The port to other programs. Tests have a fake that remembers what was asked."""

    def run(self, command: Sequence[str], folder: Path | None = None, extra: Mapping[str, str] | None = None) -> None:
        """Run to the end. `extra` are further environment variables. Raises ClusterError."""

    def read(self, command: Sequence[str], text: str = "") -> str:
        """Run to the end with `text` as input and return what it printed. Raises ClusterError."""

    def succeeds(self, command: Sequence[str]) -> bool:
        """Say whether the program is there and ends with status 0."""


class Shell:
    """Runs programs for real. All they say is appended to one log file."""

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self._log = log
        self._environment = dict(environment)

    def run(self, command: Sequence[str], folder: Path | None = None, extra: Mapping[str, str] | None = None) -> None:
        with self._opened_log(command) as log:
            status = self._finish(command, log, folder=folder, extra=extra or {})
        self._check(command, status)

    def read(self, command: Sequence[str], text: str = "") -> str:
        with self._opened_log(command) as log:
            try:
                done = subprocess.run(
                    command,
                    input=text,
                    env=self._environment,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    check=False,
                )
            except FileNotFoundError as error:
                raise _missing(command) from error
            if done.returncode:
                log.write(done.stdout)
        self._check(command, done.returncode)
        return done.stdout

    def succeeds(self, command: Sequence[str]) -> bool:
        try:
            self.run(command)
        except ClusterError:
            return False
        return True

    def _finish(self, command: Sequence[str], log: IO[str], folder: Path | None, extra: Mapping[str, str]) -> int:
        try:
            return subprocess.run(
                command,
                cwd=folder,
                env=self._environment | dict(extra),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            ).returncode
        except FileNotFoundError as error:
            raise _missing(command) from error

    def _check(self, command: Sequence[str], status: int) -> None:
        if status:
            raise CommandFailedError(shlex.join(command[:4]), status, self._log)

    def _opened_log(self, command: Sequence[str]) -> IO[str]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        log = self._log.open("a", encoding="utf-8")
        log.write(f"$ {shlex.join(command)}\n")
        log.flush()
        return log


def _missing(command: Sequence[str]) -> ClusterError:
    return ClusterError(f"{command[0]} is not installed; install it, or check PATH.")
