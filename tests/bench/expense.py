"""The CPU time of a stretch of time by kind of process, and the memory of the pods that capture."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import kinds
from bench.figures import Expense
from e2e.groups import PodGroups

LOOK_SECONDS = 0.2

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_KTHREADD = 2
# Its children end within a look: CNI plugins, and what starts a shim. A shim's children are the pods.
_COUNTS_CHILDREN = "containerd"
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Process:
    """One process at one moment: its CPU time in seconds, and that of children that ended."""

    pid: int
    name: str
    parent: int
    own: float
    children: float
    began: int


class Meter:
    """Looks at all processes every now and then, and remembers what each had used when it was last seen."""

    def __init__(self, groups: PodGroups, known: Mapping[str, str]) -> None:
        """Take the kinds of the pods that do not capture, by UID."""
        self.expense = Expense()
        self._groups = groups
        self._known = known
        self._first: dict[tuple[int, int], float] = {}
        self._last: dict[tuple[int, int], tuple[str, float]] = {}

    def look(self) -> None:
        """Take a sample."""
        capturing, elsewhere = self._pods()
        seen = {process.pid: process for process in processes()}
        for process in seen.values():
            if process.pid in elsewhere or _is_counted_by_parent(process, seen):
                continue
            used = process.own + (process.children if process.name == _COUNTS_CHILDREN else 0)
            self._last[process.pid, process.began] = (self._kind(process, seen, capturing), used)

    def begin(self) -> None:
        """Take the first sample: what was used before does not count."""
        self.look()
        self._first = {key: used for key, (_, used) in self._last.items()}

    def sampled(self) -> dict[str, float]:
        """Return the CPU time by kind, as far as it was seen."""
        used = dict.fromkeys(kinds.KINDS, 0.0)
        for key, (kind, seconds) in self._last.items():
            used[kind] += seconds - self._first.get(key, 0.0)
        return used

    def _kind(self, process: Process, seen: Mapping[int, Process], capturing: set[int]) -> str:
        before, _ = self._last.get((process.pid, process.began), (None, 0.0))
        command = _read(str(process.pid), "cmdline") if process.pid in capturing else ""
        if command:
            return kinds.of_capture(process.name, command)
        # What has ended and waits for its parent has no command and no group any more.
        if before in kinds.CAPTURE_KINDS:
            return before
        if process.pid in capturing:
            return kinds.POD_REST
        if process.pid == _KTHREADD or process.parent == _KTHREADD:
            return kinds.KERNEL
        if kind := kinds.of_node(process.name):
            return kind
        return kinds.MEASURING if _descends(process, seen, os.getpid()) else kinds.STRANGERS

    def _pods(self) -> tuple[set[int], set[int]]:
        """Return the processes of the pods that capture and of all others, and take in what the former use."""
        capturing: set[int] = set()
        elsewhere: set[int] = set()
        together = 0
        for uid, pod in self._groups.pods().items():
            if uid in self._known:
                elsewhere.update(self._groups.members(pod))
                continue
            capturing.update(self._groups.members(pod))
            memory = self._groups.pod_memory(pod)
            together += memory
            self.expense.largest_pod = max(self.expense.largest_pod, memory / _MIB)
        self.expense.all_pods = max(self.expense.all_pods, together / _MIB)
        return capturing, elsewhere


@contextmanager
def measured(groups: PodGroups, known: Mapping[str, str]) -> Iterator[Expense]:
    """Measure for as long as this lasts; the value is complete afterwards."""
    meter, enough = Meter(groups, known), threading.Event()
    machine, stolen = machine_seconds()
    all_pods, pods = groups.cpu_seconds(), groups.pod_cpu_seconds()
    meter.begin()
    begin = time.monotonic()
    thread = threading.Thread(target=_keep_looking, args=(meter.look, enough))
    thread.start()
    try:
        yield meter.expense
    finally:
        enough.set()
        thread.join()
    meter.look()
    meter.expense.seconds = time.monotonic() - begin
    now, expense = groups.pod_cpu_seconds(), meter.expense
    machine_now, stolen_now = machine_seconds()
    expense.machine, expense.stolen = machine_now - machine, stolen_now - stolen
    expense.cpu = meter.sampled()
    for uid, kind in known.items():
        expense.cpu[kind] += now.get(uid, 0.0) - pods.get(uid, 0.0)
    in_pods = groups.cpu_seconds() - all_pods
    seen_in_pods = sum(expense.cpu[kind] for kind in (*kinds.CAPTURE_KINDS, *kinds.POD_KINDS))
    expense.cpu[kinds.POD_UNSEEN] = in_pods - seen_in_pods
    expense.cpu[kinds.UNSEEN] = expense.machine - sum(expense.cpu.values())


def processes() -> Iterator[Process]:
    """Yield every process there is."""
    for entry in os.scandir(_PROC):
        if not entry.name.isdigit():
            continue
        text = _read(entry.name, "stat")
        head, _, tail = text.rpartition(")")
        if tail:
            # Fields of proc_pid_stat(5), counted from the one after the name.
            fields = tail.split()
            user, system, child_user, child_system = (int(value) / _TICKS for value in fields[11:15])
            name = head.partition("(")[2]
            yield Process(
                int(entry.name), name, int(fields[1]), user + system, child_user + child_system, int(fields[19])
            )


def machine_seconds() -> tuple[float, float]:
    """Return the CPU time that all processors were busy so far, and what the host withheld from them."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, (_PROC / "stat").read_text().partition("\n")[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq) / _TICKS, steal / _TICKS


def _is_counted_by_parent(process: Process, seen: Mapping[int, Process]) -> bool:
    parent = seen.get(process.parent)
    return parent is not None and parent.name == _COUNTS_CHILDREN


def _descends(process: Process, seen: Mapping[int, Process], from_pid: int) -> bool:
    while process.pid != from_pid:
        parent = seen.get(process.parent)
        if parent is None:
            return False
        process = parent
    return True


def _keep_looking(look: Callable[[], None], enough: threading.Event) -> None:
    while not enough.wait(LOOK_SECONDS):
        look()


def _read(pid: str, name: str) -> str:
    try:
        with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
