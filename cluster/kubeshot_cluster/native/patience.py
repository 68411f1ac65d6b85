"""Waits for a program to become ready, and notices when it dies instead."""

import time
from collections.abc import Callable
from pathlib import Path

from kubeshot_cluster.native.processes import Record, is_alive
from kubeshot_cluster.problems import ClusterError

LAST_LINES = 8


def wait_ready(record: Record, log: Path, is_ready: Callable[[], bool], within: float = 90.0) -> None:
    """Ask until it is ready. Raises ClusterError with the end of its log when it dies or takes too long."""
    until = time.monotonic() + within
    while not is_ready():
        if not is_alive(record):
            raise ClusterError(f"{record.name} ended right after its start; {log} ends with:\n{last_lines(log)}")
        if time.monotonic() > until:
            raise ClusterError(f"{record.name} was not ready after {within:.0f} s; {log} ends with:\n{last_lines(log)}")
        time.sleep(0.1)


def last_lines(log: Path, count: int = LAST_LINES) -> str:
    """Return the end of a log, indented."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in lines[-count:])
