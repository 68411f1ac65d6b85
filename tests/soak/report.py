"""A soak in words: a line a minute, the verdict, and docs/soak.md.

python -m soak.report out/soak.jsonl
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.measure import table
from e2e.kubectl import REPOSITORY
from soak.mix import KINDS, Amid
from soak.sample import Sample, Soak, read
from soak.verdict import Check, checks, fails, warm

DOCUMENT = REPOSITORY / "docs" / "soak.md"
# Rows of the table of samples, about.
_ROWS = 13

_HEAD = """# Busy for long

Made by `make soak-docs` from the last `make soak`; do not edit. The operator of the demo, as it is deployed, gets good
and bad pages of two namespaces, half of them for pods of their own and half for warm pods. Thirty requests wait or run
at any time: whenever one ends, another is applied. Every request goes away a minute after its end, and its images with
it, but for those of one kind.
"""
_SLOPES = """
A slope is that of a straight line by least squares, through the samples after the first quarter of the time; in
brackets its confidence interval of 95 %, widened by how much neighbouring samples are alike. 16 MiB a day: at this rate
day and night, a week passes before the alert at 80 % of the operator's limit.
"""
_AMID = {Amid.NOTHING: "", Amid.DELETION: "deleted while it is captured", Amid.CHANGE: "given another page amid"}


def progress(sample: Sample, outcomes: Mapping[str, int]) -> str:
    """Return a line that says how far it is."""
    minutes = sample.seconds / 60
    per_minute = sample.captures / minutes if minutes else 0.0
    held = f"{sample.fds} fds, {sample.threads} threads, {sample.connections} TCP"
    memory = f"{sample.memory_kib / 1024:.1f} MiB"
    node = f"{sample.pods} pods, {sample.processes} processes, {sample.shims} shims"
    return (
        f"{minutes:4.1f} min: {sample.captures:,} captures, {per_minute:.0f}/min | operator {memory}, {held} | "
        f"{node} | {sample.requests} requests, {sample.stored} objects, {sample.named} named | {_counts(outcomes)}"
    )


def verdict(soak: Soak) -> str:
    """Return what was found, a line each."""
    end = "Something leaks, or may leak." if fails(soak) else "Nothing leaks."
    told = [f"{check.judgement:<12}  {check.what}: {check.found}" for check in checks(soak)]
    return "\n".join([_summary(soak), "", *told, "", end])


def document(soak: Soak) -> str:
    """Return the text of the document."""
    asked = [(kind.name, kind.times, kind.ends, _AMID[kind.amid]) for kind in KINDS]
    return "\n".join(
        [
            _HEAD,
            _summary(soak),
            "\n## What was found\n",
            _text_table(("what", "found", "verdict"), [_row(check) for check in checks(soak)]),
            _SLOPES,
            "## What was asked for, of each 40 requests\n",
            _text_table(("kind", "times", "ends with", "amid"), asked),
            "\n## What there was\n\nThe first row is from before the load, the last from after it.\n",
            table(_COLUMNS, map(_cells, _some(soak.samples))),
            "",
        ]
    )


def _summary(soak: Soak) -> str:
    return (
        f"{soak.minutes:.0f} minutes, {soak.samples[-1].captures:,} captures, {soak.per_minute:.0f} a minute: "
        f"{_counts(soak.ending.outcomes)}. {len(warm(soak))} samples after the first while."
    )


def _counts(outcomes: Mapping[str, int]) -> str:
    most_first = sorted(outcomes.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {count:,}" for name, count in most_first)


def _row(check: Check) -> tuple[str, str, str]:
    return check.what, check.found, str(check.judgement)


def _text_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_COLUMNS = (
    *("minute", "captures", "memory, MiB", "fds", "threads", "TCP"),
    *("requests", "pods", "processes", "shims", "objects", "named"),
)


def _cells(sample: Sample) -> list[object]:
    memory = f"{sample.memory_kib / 1024:.1f}"
    operator = [f"{sample.seconds / 60:.1f}", sample.captures, memory, sample.fds, sample.threads, sample.connections]
    return [*operator, *(sample.requests, sample.pods, sample.processes, sample.shims, sample.stored, sample.named)]


def _some(samples: Sequence[Sample]) -> list[Sample]:
    """Return the first sample, the last, and some between, at equal distances."""
    step = max(1, len(samples) // (_ROWS - 1))
    return [*samples[:-1:step], samples[-1]]


if __name__ == "__main__":
    DOCUMENT.write_text(document(read(Path(sys.argv[1]))), encoding="utf-8")
