"""Ends what this process started. Chromium is not asked to close: its result is out, and nothing of it is kept."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def kill_descendants(of: int | None = None) -> None:
    """Send SIGKILL to all children of a process (by default this one), and theirs."""
    for pid in list(descendants(parents(PROC), of or os.getpid())):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def kill_family(pid: int) -> None:
    """Send SIGKILL to a process and all that it started."""
    kill_descendants(pid)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def descendants(parents: dict[int, int], of: int) -> Iterator[int]:
    """Yield the children of a process and theirs, from a map of process to parent."""
    for pid, parent in parents.items():
        if parent == of:
            yield pid
            yield from descendants(parents, pid)


def children(of: int | None = None) -> list[int]:
    """Return the children of a process, by default of this one."""
    return [pid for pid, parent in parents(PROC).items() if parent == (of or os.getpid())]


def parents(proc: Path) -> dict[int, int]:
    """Return the parent of every process there is, from procfs, or from ps(1) where there is none, as on macOS."""
    if not proc.is_dir():
        return _parents_by_ps()
    found = {}
    for folder in proc.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                # proc(5): the name in parentheses may hold anything, so count from its end; state, then parent.
                found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return found


def _parents_by_ps() -> dict[int, int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=", "-o", "ppid="], capture_output=True, text=True, check=True)
    return {int(pid): int(parent) for pid, parent in map(str.split, listed.stdout.splitlines())}
