"""What is written down of a soak, a line of JSON each: a sample every few seconds, and at last how it ended."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """What there was at one moment, so many seconds after the start, when so many captures had ended."""

    seconds: float
    captures: int
    life: str
    """Which process the operator was: another one after a restart."""
    memory_kib: int
    fds: int
    threads: int
    connections: int
    pods: int
    processes: int
    """Of the containers of captures."""
    shims: int
    requests: int
    """Those that are over and not yet deleted included."""
    stored: int
    named: int
    """Objects that a status names, or named when its request went and left them."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of the requests, and which objects were there in the end that should not be, or not that should."""

    outcomes: dict[str, int]
    wrong: list[str] = field(default_factory=list)
    """A sentence for each request that did not end as its page deserves, or did something twice."""
    nameless: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Soak:
    """All of it. The first sample is from before the load, the last from after it, when all was at rest again."""

    samples: tuple[Sample, ...]
    ending: Ending

    @property
    def busy(self) -> tuple[Sample, ...]:
        """The samples from under the load."""
        return self.samples[1:-1]

    @property
    def minutes(self) -> float:
        """How long the load lasted."""
        return self.busy[-1].seconds / 60

    @property
    def captures(self) -> int:
        """How many captures ended under the load."""
        return self.busy[-1].captures

    @property
    def per_minute(self) -> float:
        """How many of them in a minute."""
        return self.captures / self.minutes


def note(line: Sample | Ending, file: Path) -> None:
    """Write a line."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(line)) + "\n")


def read(file: Path) -> Soak:
    """Return what was written down of a soak that came to its end."""
    *samples, ending = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    return Soak(tuple(Sample(**sample) for sample in samples), Ending(**ending))
