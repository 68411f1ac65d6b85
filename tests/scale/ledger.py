"""The figures of a run, in a file of JSON, and the table of them in docs/scale.md.

python -m scale.ledger out/scale.json
"""

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from e2e.kubectl import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "scale.md"

Figures = Mapping[str, float]

_HEAD = """# The operator at scale

Made by `make scale` from its last run; do not edit. The operator runs as a process against an API server, an etcd and
a scheduler of its own (`tests/scale`). Nodes are not there: a process does for each pod what a capture does but for
Chromium; it waits a second, stores an object by the signed form, and writes the termination message. All of it shares
the machine, so that captures per minute say what the whole can do, and CPU time what the operator itself takes.

* Memory is the operator's resident set: idle before the first request, the most while all were live, and at the end.
* API calls are the operator's own count: pods, requests and their status; Leases, watches, LISTs and Events apart.
* Requests that are over are put into etcd while the operator is down. Bytes of each are by the difference of its
  resident set with a fifth of them and with all.
* A pause is the longest time without a start or a write of a status, from the last one before a leader's end on.
* Who comes late is applied when all of the others were. Counted is how many of these got a pod since it was in the
  line: slots that are filled at the same moment may be heard of in any order, so it is one less than there are.
"""
_TABLE = "\n| what | figure | to hold |\n|---|---:|---|\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `most` is what the figure may be at the most, if it is held to anything."""

    name: str
    what: str
    form: str = "{:,.0f}"
    most: float | None = None
    unit: str = ""


_MIB = 2**20

ROWS = (
    Row("requests", "requests applied at once, of 50 namespaces; each captured once, in one attempt and one pod"),
    Row("per_minute", "captures per minute"),
    Row("calls_each", "API calls per capture", "{:.2f}", 5),
    Row("calls_besides", "API calls besides, per minute"),
    Row("cpu_ms", "operator CPU per capture, ms", "{:.1f}", 6),
    Row("bare_ms", "the same calls with nothing behind them (`tests/scale/bare_loop.py`), CPU ms", "{:.1f}"),
    Row("writes_mean", "status writes per request, mean", "{:.2f}"),
    Row("writes_most", "status writes per request, most; none changes nothing", most=4),
    Row("memory_idle", "memory, idle", unit="MiB"),
    Row("memory_live", "memory, with all of them live", most=200 * _MIB, unit="MiB"),
    Row("memory_after", "memory, when they are over", unit="MiB"),
    Row("killed_requests", "requests amid which the operator is killed and started anew"),
    Row("killed_pods", "their pods"),
    Row("finished", "requests in etcd that are over"),
    Row("start_seconds", "start with them until the operator leads, s", "{:.1f}", 30),
    Row("bytes_each", "memory of each of them, bytes", most=500),
    Row("anew_seconds", "one of them whose spec changes: until its new run begins, s", "{:.2f}", 2),
    Row("flight", "pods that run when the leader ends"),
    Row("handed_over", "requests amid two hand-overs; none lost, none captured twice"),
    Row("pause_killed", "longest pause when the leader is killed, s", "{:.1f}"),
    Row("pause_told", "longest pause when it is told to end, s", "{:.1f}"),
    Row("crowd", "requests of one namespace, before one of each of three others"),
    Row("slots", "pods at a time there"),
    Row("overtaken", "pods that a late one saw start before its own", most=2),
    Row("overtaken_since_applied", "the same, since it was applied"),
    Row("strict", "requests with priorities and limits per host, namespace and class; these held at every instant"),
    Row("jumped", "times that one was passed over by a lower priority, in slots filled at the same moment", most=2),
)


class Ledger:
    """Keeps figures by name, and in a file, if there is one, as soon as they are noted."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._noted: dict[str, float] = {}

    def note(self, **figures: float) -> None:
        """Print and keep figures; raise `KeyError` for a name that the table has not."""
        if unknown := figures.keys() - {row.name for row in ROWS}:
            raise KeyError(*unknown)
        self._noted |= figures
        print("\n" + "\n".join(f"{row.what}: {shown(row, figures)}" for row in ROWS if row.name in figures), flush=True)
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._noted, indent=2) + "\n", encoding="utf-8")


def document(figures: Figures, machine: str) -> str:
    """Return the text of the document."""
    return f"{_HEAD}\n{machine}\n{_TABLE}{''.join(_line(row, figures) for row in ROWS)}"


def shown(row: Row, figures: Figures) -> str:
    """Return a figure as people read it."""
    if row.name not in figures:
        return "not measured"
    return row.form.format(_in_unit(row, figures[row.name])) + (row.unit and f" {row.unit}")


def _line(row: Row, figures: Figures) -> str:
    return f"| {row.what} | {shown(row, figures)} | {_bound(row, figures)} |\n"


def _bound(row: Row, figures: Figures) -> str:
    if row.most is None:
        return ""
    bound = f"at most {_in_unit(row, row.most):g}"
    return f"**{bound}: missed**" if figures.get(row.name, 0) > row.most else bound


def _in_unit(row: Row, figure: float) -> float:
    return figure / _MIB if row.unit else figure


def _machine() -> str:
    model = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    day = f"{datetime.now(UTC):%-d %B %Y}"
    return f"Measured on {day}: {os.cpu_count()} cores ({model[1] if model else 'an unnamed processor'})."


if __name__ == "__main__":
    written = document(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), _machine())
    DOCUMENT.write_text(written, encoding="utf-8")
    print(written)
