"""The peak memory of a command with all its processes: as its own control group counts it, or by sampling."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kubeshot_capture.processes import descendants, parents

ROOT = Path("/sys/fs/cgroup")
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command wrote, how it ended, and the most memory it had, in bytes."""

    exit_code: int
    output: str
    errors: str
    peak: int


def run_measured(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, limit_mib: int | None = None
) -> Ran:
    """Run a command, under a limit of memory if there is one; its output goes through files of this folder."""
    with _group(limit_mib) as group, (folder / "out").open("w+") as output, (folder / "errors").open("w+") as errors:
        # A shell that moves itself first: a hook between fork and exec is no place for Python.
        join = ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', str(group)] if group else []
        with subprocess.Popen([*join, *command], env=environment, stdout=output, stderr=errors, text=True) as process:
            sampled = _sample(process)
        for file in (output, errors):
            file.seek(0)
        return Ran(process.returncode, output.read(), errors.read(), _peak(group) if group else sampled)


def counts_groups() -> bool:
    """Say whether control groups can be made here."""
    with _group(None) as group:
        return group is not None


@contextmanager
def _group(limit_mib: int | None) -> Iterator[Path | None]:
    hierarchy = ROOT / "memory" if (ROOT / "memory").is_dir() else ROOT
    group = hierarchy / f"kubeshot-bench-{time.monotonic_ns()}"
    try:
        group.mkdir()
    except OSError:
        yield None
        return
    try:
        if limit_mib:
            file = group / "memory.max"
            (file if file.exists() else group / "memory.limit_in_bytes").write_text(str(limit_mib << 20))
        yield group
    finally:
        _remove(group)


def _remove(group: Path) -> None:
    for _ in range(100):
        try:
            return group.rmdir()
        except OSError:
            # The last processes are still on their way out.
            time.sleep(POLL_SECONDS)
    raise TimeoutError(f"{group} is still in use")


def _peak(group: Path) -> int:
    file = group / "memory.peak"
    return int((file if file.exists() else group / "memory.max_usage_in_bytes").read_text())


def _sample(process: subprocess.Popen[str]) -> int:
    peak = 0
    while process.poll() is None:
        tree = [process.pid, *descendants(parents(Path("/proc")), process.pid)]
        peak = max(peak, sum(_resident(pid) for pid in tree))
        time.sleep(POLL_SECONDS)
    return peak


def _resident(pid: int) -> int:
    """Return a process's own share of its memory: pages that several use are divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)
