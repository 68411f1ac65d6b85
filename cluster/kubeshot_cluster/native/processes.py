"""Starts and ends long-lived programs, and never mistakes another process for one of them."""

import dataclasses
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# The kernel's own name for "started at": clock ticks since boot, the 22nd field of /proc/PID/stat.
START_FIELD = 22


@dataclass(frozen=True, slots=True)
class Record:
    """What was started: enough to know it again. Process ids are used anew, start times and boots are not."""

    name: str
    pid: int
    started: int
    boot: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Daemon:
    """A long-lived program. The fingerprint covers what, if changed, asks for a restart."""

    name: str
    command: Sequence[str]
    fingerprint: str
    environment: Mapping[str, str]


def started_at(stat: str) -> int:
    """Read the start time out of /proc/PID/stat. The second field, the name, may hold spaces and brackets."""
    return int(stat.rpartition(")")[2].split()[START_FIELD - 3])


def is_zombie(stat: str) -> bool:
    return stat.rpartition(")")[2].split()[0] == "Z"


def is_alive(record: Record) -> bool:
    """Say whether the recorded process still runs, and is the one that was recorded."""
    stat = stat_of(record.pid)
    return stat is not None and is_same(record, stat, boot_id())


def is_same(record: Record, stat: str, boot: str) -> bool:
    return record.boot == boot and record.started == started_at(stat) and not is_zombie(stat)


def stat_of(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None


def boot_id() -> str:
    return BOOT_ID.read_text(encoding="utf-8").strip()


class Book:
    """The records of what was started, one file each."""

    def __init__(self, folder: Path, logs: Path) -> None:
        self._folder = folder
        self._logs = logs

    def records(self) -> list[Record]:
        return [record for file in sorted(self._folder.glob("*.json")) if (record := _read(file))]

    def running(self, name: str) -> Record | None:
        record = _read(self._folder / f"{name}.json")
        return record if record and is_alive(record) else None

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def start(self, daemon: Daemon) -> Record:
        """Start it in a session of its own, so that it outlives this one and no Ctrl-C reaches it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._logs.mkdir(parents=True, exist_ok=True)
        with self.log_of(daemon.name).open("ab") as log:
            process = subprocess.Popen(
                daemon.command,
                env=dict(daemon.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )
        record = Record(daemon.name, process.pid, started_at(stat_of(process.pid) or ""), boot_id(), daemon.fingerprint)
        process.returncode = 0  # It is meant to outlive us; this keeps Python from warning that it does.
        _write(self._folder / f"{daemon.name}.json", record)
        return record

    def forget(self, name: str) -> None:
        (self._folder / f"{name}.json").unlink(missing_ok=True)


def end(records: Iterable[Record], grace: float) -> None:
    """Ask the recorded processes to end, and after `grace` seconds make them."""
    alive = [record for record in records if is_alive(record)]
    _signal(alive, signal.SIGTERM)
    if not _gone(alive, grace):
        _signal(alive, signal.SIGKILL)
        _gone(alive, 5.0)


def _signal(records: Iterable[Record], number: signal.Signals) -> None:
    for record in records:
        if is_alive(record):
            os.kill(record.pid, number)


def _gone(records: Sequence[Record], within: float) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        _reap(records)
        if not any(is_alive(record) for record in records):
            return True
        time.sleep(0.05)
    return not any(is_alive(record) for record in records)


def _reap(records: Iterable[Record]) -> None:
    for record in records:
        try:
            os.waitpid(record.pid, os.WNOHANG)
        except ChildProcessError:
            continue


def _read(file: Path) -> Record | None:
    try:
        return Record(**json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write(file: Path, record: Record) -> None:
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps(dataclasses.asdict(record)), encoding="utf-8")
    unfinished.replace(file)
