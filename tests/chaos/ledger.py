"""What came of each scene, a line of JSON each, and the table of them all in docs/chaos.md.

python -m chaos.ledger out/chaos.jsonl
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from chaos.catalogue import NAMES
from chaos.faults.kills import POINTS
from e2e.kubectl import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "chaos.md"
_ON_TRIAL = ("operator", "capture-image", "crds")

_HEAD = """# What was done to it

Made by `make chaos` from its ledger; do not edit. Each scene has requests of both kinds, with pods of their own and
in warm pods: good pages, slow ones, one that is missing, and one whose images go with it. A fault strikes amid them.
Then every request has to end as its page deserves, in one run, with its page visited no more than once per attempt (and
with a single attempt, where the fault takes no pod away), what its status names has to be stored, no pod may be left,
and nothing may be stored that no status names.

*Lost* is a request that did not end right, *doubled* one that did something again without need, *left behind* whatever
else was wrong. A fault without scenes was not played to its end. That the suite sees a broken operator is tested by
breaking it (`tests/chaos/inside/sabotage.py`).
"""
_TABLE = """
| fault | scenes | times injected | requests | lost | doubled | left behind |
|---|---:|---:|---:|---:|---:|---:|
"""
_POINTS = """
## Where the operator was killed

By SIGKILL, at calls that it makes or answers: before the call was heard, and after it was, before the answer was. In
between a pass changes nothing but its own memory. `claim` and `report` come from pods.

| call | before | after |
|---|---:|---:|
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one scene; `injected` has how often the fault was there, by what in particular.

    `left` is what else was wrong: left behind, contradictory, or never there. `seconds` has how long each part took.
    """

    fault: str
    seed: int
    requests: int
    injected: dict[str, int] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether nothing was wrong."""
        return not (self.lost or self.doubled or self.left)

    @property
    def laps(self) -> str:
        """How long each part took, in a line."""
        return ", ".join(f"{name} {seconds:g} s" for name, seconds in self.seconds.items())


def code_of(root: Path = REPOSITORY) -> str:
    """Return a digest of what is on trial: the files of the operator, the capture image and the CRDs, as they are.

    The suite itself is not among them: a fault that is added, or a wait that is longer, needs no scene played again.
    """
    digest = sha256()
    files = (path for folder in _ON_TRIAL for path in (root / folder).rglob("*") if path.suffix != ".pyc")
    for path in sorted(path for path in files if path.is_file()):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Outcomes of one state of the code; the file may hold those of others, which are passed over."""

    file: Path
    code: str

    def note(self, outcome: Outcome) -> None:
        """Write an outcome down."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"code": self.code, **asdict(outcome)}) + "\n")

    def read(self) -> list[Outcome]:
        """Return what was written down; of scenes that were played again the last one counts."""
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []
        noted = [json.loads(line) for line in lines]
        mine = [_outcome(raw) for raw in noted if raw["code"] == self.code]
        return list({(outcome.fault, outcome.seed): outcome for outcome in mine}.values())

    def has(self, fault: str, seed: int) -> bool:
        """Say whether a scene was played, and nothing was wrong with it."""
        return any(one.is_good for one in self.read() if (one.fault, one.seed) == (fault, seed))


def _outcome(raw: dict[str, Any]) -> Outcome:
    lists = {name: tuple(raw[name]) for name in ("lost", "doubled", "left")}
    return Outcome(**{name: value for name, value in {**raw, **lists}.items() if name != "code"})


def document(outcomes: Sequence[Outcome]) -> str:
    """Return the text of the document."""
    seeds = {outcome.seed for outcome in outcomes}
    return f"{_HEAD}\nSeeds: {len(seeds)}.\n{_TABLE}{_rows(outcomes)}{_POINTS}{_point_rows(outcomes)}"


def _rows(outcomes: Sequence[Outcome]) -> str:
    named = [(name, [outcome for outcome in outcomes if outcome.fault == name]) for name in NAMES]
    rows = [_row(name, scenes) for name, scenes in named]
    return "".join([*rows, _row("**all**", outcomes)])


def _row(name: str, scenes: Sequence[Outcome]) -> str:
    injected = sum(sum(outcome.injected.values()) for outcome in scenes)
    wrong = [sum(map(len, found)) for found in zip(*((one.lost, one.doubled, one.left) for one in scenes), strict=True)]
    requests = sum(outcome.requests for outcome in scenes)
    cells = (name, len(scenes), f"{injected:,}", f"{requests:,}", *(wrong or (0, 0, 0)))
    return f"| {' | '.join(map(str, cells))} |\n"


def _point_rows(outcomes: Iterable[Outcome]) -> str:
    times: Counter[str] = Counter()
    for outcome in outcomes:
        times.update(outcome.injected)
    calls = dict.fromkeys(point.call for point in POINTS)
    return "".join(f"| `{call}` | {times[f'before {call}']} | {times[f'after {call}']} |\n" for call in calls)


if __name__ == "__main__":
    DOCUMENT.write_text(document(Ledger(Path(sys.argv[1]), code_of()).read()), encoding="utf-8")
