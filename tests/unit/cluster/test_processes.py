"""A process is known again, and no other is mistaken for it."""

import dataclasses
import os
import sys
import time
from pathlib import Path

import pytest

from kubeshot_cluster.native import processes
from kubeshot_cluster.native.processes import Book, Daemon, Record

STAT = "42 (a (odd) name) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 777 1000 200 18446744073709551615 1 1 0"
RECORD = Record(name="etcd", pid=42, started=777, boot="this boot", fingerprint="x")


def test_reads_the_start_time_past_a_name_with_brackets() -> None:
    assert processes.started_at(STAT) == 777


@pytest.mark.parametrize(
    ("stat", "boot", "expected"),
    [
        pytest.param(STAT, "this boot", True, id="the same"),
        pytest.param(STAT, "another boot", False, id="after a reboot the numbers mean nothing"),
        pytest.param(STAT.replace(" 777 ", " 778 "), "this boot", False, id="another process has the id now"),
        pytest.param(STAT.replace(") S ", ") Z "), "this boot", False, id="a zombie does nothing any more"),
    ],
)
def test_knows_a_process_again(stat: str, boot: str, expected: bool) -> None:
    assert processes.is_same(RECORD, stat, boot) is expected


def test_starts_remembers_and_ends(tmp_path: Path) -> None:
    book = Book(tmp_path / "processes", tmp_path / "logs")
    sleeper = [sys.executable, "-c", "print('here', flush=True); import time; time.sleep(60)"]
    record = book.start(Daemon("sleeper", sleeper, "v1", {}))
    assert book.running("sleeper") == record
    assert os.getsid(record.pid) == record.pid
    processes.end([record], grace=5)
    assert book.running("sleeper") is None
    assert book.records() == [record]


def test_a_process_that_will_not_end_is_made_to(tmp_path: Path) -> None:
    book = Book(tmp_path / "processes", tmp_path / "logs")
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    record = book.start(Daemon("deaf", [sys.executable, "-c", deaf], "v1", {}))
    _until_it_speaks(book.log_of("deaf"))
    processes.end([record], grace=0.2)
    assert not processes.is_alive(record)


def test_a_record_of_an_ended_process_never_ends_another(tmp_path: Path) -> None:
    book = Book(tmp_path / "processes", tmp_path / "logs")
    record = book.start(Daemon("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], "v1", {}))
    stale = dataclasses.replace(record, started=record.started - 1)
    processes.end([stale], grace=0.1)
    still_runs = processes.is_alive(record)
    processes.end([record], grace=5)
    assert still_runs


def test_a_spoilt_record_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "etcd.json").write_text('{"name": "etcd", "pi')
    assert Book(tmp_path, tmp_path).running("etcd") is None


def _until_it_speaks(log: Path) -> None:
    until = time.monotonic() + 10
    while not log.read_text() and time.monotonic() < until:
        time.sleep(0.02)
