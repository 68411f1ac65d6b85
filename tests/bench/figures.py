"""The figures of a comparison: as they are measured, and as they are kept and read again."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bench.measure import median, percentile_95


class Way(StrEnum):
    """How pictures are made."""

    NAIVE = "naive loop"
    ISOLATED = "isolated pods"
    WARM = "warm pods"


@dataclass(frozen=True, slots=True)
class Taken:
    """One capture: seconds from the start of all and of its own, and what its picture shows of its page's marks."""

    path: str
    wait: float
    work: float
    shown: int
    marks: int
    size: tuple[int, int] = (0, 0)
    bytes: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.shown == self.marks


@dataclass(slots=True)
class Expense:
    """What a stretch of time took. CPU time in seconds by kind; all of the machine's, and what its host withheld.

    Memory in MiB: the most that was seen of one pod that captures, and of all at a time.
    """

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    machine: float = 0.0
    stolen: float = 0.0
    largest_pod: float = 0.0
    all_pods: float = 0.0

    def of(self, kinds: Iterable[str]) -> float:
        """Return the CPU seconds of some kinds of process."""
        return sum(self.cpu[kind] for kind in kinds)


@dataclass(frozen=True, slots=True)
class Demand:
    """What the control plane did: requests of everybody to the API server, and etcd's writes."""

    requests: float
    etcd_writes: float
    etcd_bytes: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one variant of a way took for one set of pages.

    `seconds` are those until the last picture, `first` those from nothing to a pool's first pictures. There are `slots`
    pods at a time at most; a finished request has `object_bytes` as JSON.
    """

    way: Way
    variant: str
    pages: str
    seconds: float
    taken: list[Taken]
    slots: int
    retried: int
    expense: Expense
    calls: dict[str, int]
    demand: Demand
    operator_memory: float
    first: float = 0.0
    object_bytes: float = 0.0

    @property
    def count(self) -> int:
        """How many captures there were."""
        return len(self.taken)

    @property
    def per_minute(self) -> float:
        """How many captures there were per minute."""
        return 60 * self.count / self.seconds

    @property
    def wait(self) -> tuple[float, float]:
        """Median and 95th percentile from the start of all to a picture."""
        return _middle_and_end(taken.wait for taken in self.taken)

    @property
    def work(self) -> tuple[float, float]:
        """Median and 95th percentile of a capture by itself."""
        return _middle_and_end(taken.work for taken in self.taken)

    @property
    def complete(self) -> int:
        """How many pictures show all of their pages."""
        return sum(taken.is_complete for taken in self.taken)

    @property
    def incomplete(self) -> Counter[str]:
        """The pages of which something is missing, and in how many pictures."""
        return Counter(taken.path for taken in self.taken if not taken.is_complete)

    def cpu(self, kinds: Iterable[str]) -> float:
        """Return the CPU seconds per capture of some kinds of process."""
        return self.expense.of(kinds) / self.count


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when it was measured."""

    cores: int
    model: str
    memory_gib: float
    day: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was measured in one run, and what the cluster took while nothing was asked of it."""

    machine: Machine
    idle: Expense
    runs: list[Figures]

    def sets(self) -> list[str]:
        """Return the names of the sets of pages."""
        return list(dict.fromkeys(run.pages for run in self.runs))

    def variants(self, way: Way, pages: str) -> list[Figures]:
        """Return all that was tried of one way with one set of pages."""
        return [run for run in self.runs if run.way is way and run.pages == pages]

    def best(self, way: Way, pages: str) -> Figures:
        """Return the variant with the most captures per minute."""
        return max(self.variants(way, pages), key=lambda run: run.per_minute)


def keep(comparison: Comparison, path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(comparison), indent=1), encoding="utf-8")


def kept(path: Path) -> Comparison:
    """Read figures that were kept."""
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Comparison(Machine(**told["machine"]), Expense(**told["idle"]), [_run(each) for each in told["runs"]])


def _run(told: dict[str, Any]) -> Figures:
    whole = {
        "way": Way(told["way"]),
        "taken": [Taken(**{**each, "size": tuple(each["size"])}) for each in told["taken"]],
        "expense": Expense(**told["expense"]),
        "demand": Demand(**told["demand"]),
    }
    return Figures(**{**told, **whole})


def _middle_and_end(values: Iterable[float]) -> tuple[float, float]:
    listed = list(values)
    return median(listed), percentile_95(listed)
