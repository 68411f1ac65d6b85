"""Tells what is being done and how long it took."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kubeshot_cluster.commands import Commands, Shell


class Steps:
    """Prints one line when a step begins and one when it is done. Each step has a log of its own."""

    def __init__(self, out: IO[str], logs: Path, environment: Mapping[str, str]) -> None:
        self._out = out
        self._logs = logs
        self._environment = environment

    @property
    def path(self) -> str:
        """The PATH on which programs are found."""
        return self._environment.get("PATH", "")

    def say(self, text: str) -> None:
        print(text, file=self._out, flush=True)

    def quiet(self, name: str) -> Commands:
        """Commands with the log `<name>.log`, for work that is over in a moment."""
        return Shell(self._logs / f"{name}.log", self._environment)

    @contextmanager
    def step(self, title: str, name: str, expect: str = "") -> Iterator[Commands]:
        """Announce the work inside. `name` is the log's, `expect` says how long it may take."""
        self.say(f"  {title}{f' ({expect})' if expect else ''} ...")
        began = time.monotonic()
        yield self.quiet(name)
        self.say(f"  {title}: done in {seconds(time.monotonic() - began)}")


def seconds(duration: float) -> str:
    """Write a duration as people read it."""
    if duration < 100:
        return f"{duration:.1f} s"
    return f"{duration // 60:.0f} min {duration % 60:02.0f} s"
