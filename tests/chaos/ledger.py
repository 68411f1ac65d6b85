"""What came of each scene, a line of JSON each, and the table of them all in docs/chaos.md.

python -m chaos.ledger out/chaos.jsonl
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chaos.catalogue import NAMES
from chaos.faults.kills import POINTS
from e2e.kubectl import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "chaos.md"

_HEAD = """# What was done to it

Made by `make chaos` from its last run; do not edit. Each scene has requests of both kinds, with pods of their own and
in warm pods: good pages, slow ones, one that is missing, and one whose images go with it. A fault strikes amid them.
Then every request has to end as its page deserves, in one run, with its page visited no more than once per attempt (and
with a single attempt, where the fault takes no pod away), no pod may be left, and nothing may be stored that no status
names.

*Lost* is a request that did not end right, *doubled* one that did something again without need. A fault without scenes
was not played to its end.
"""
_TABLE = "\n| fault | scenes | times injected | requests | lost | doubled |\n|---|---:|---:|---:|---:|---:|\n"
_POINTS = """
## Where the operator was killed

By SIGKILL, at calls that it makes or answers: before the call was heard, and after it was, before the answer was. In
between a pass changes nothing but its own memory. `claim` and `report` come from pods.

| call | before | after |
|---|---:|---:|
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one scene; `injected` has how often the fault was there, by what in particular."""

    fault: str
    seed: int
    requests: int
    injected: dict[str, int] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()


def note(outcome: Outcome, file: Path) -> None:
    """Write an outcome down."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(outcome)) + "\n")


def read(file: Path) -> list[Outcome]:
    """Return what was written down; of scenes that were played again the last one counts."""
    noted = [Outcome(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
    return list({(outcome.fault, outcome.seed): outcome for outcome in noted}.values())


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
    lost, doubled = (sum(len(o.lost) for o in scenes), sum(len(o.doubled) for o in scenes))
    requests = sum(outcome.requests for outcome in scenes)
    return f"| {name} | {len(scenes)} | {injected:,} | {requests} | {lost} | {doubled} |\n"


def _point_rows(outcomes: Iterable[Outcome]) -> str:
    times: Counter[str] = Counter()
    for outcome in outcomes:
        times.update(outcome.injected)
    calls = dict.fromkeys(point.call for point in POINTS)
    return "".join(f"| `{call}` | {times[f'before {call}']} | {times[f'after {call}']} |\n" for call in calls)


if __name__ == "__main__":
    DOCUMENT.write_text(document(read(Path(sys.argv[1]))), encoding="utf-8")
