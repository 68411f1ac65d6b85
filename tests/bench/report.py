"""What was compared, as Markdown: tables, and sentences made from the same figures."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template

from bench import kinds
from bench.figures import Comparison, Figures, Way
from bench.measure import table
from bench.site.catalogue import LATE, MIXED

# What a picture costs, the site with its page apart: that would be elsewhere.
COST = (*kinds.CAPTURE_KINDS, kinds.OPERATOR, kinds.MINIO, *kinds.NODE_KINDS)
CHART = "benchmarks.svg"
TITLES = {"cards": "A page of 60 cards with lazy images", "mixed": "A mixed set of 20 pages"}

_TEXTS = Path(__file__).parent / "texts"


def filled(name: str, values: Mapping[str, object]) -> str:
    """Return a document with its figures."""
    return Template((_TEXTS / name).read_text(encoding="utf-8")).substitute(values)


def report(comparison: Comparison) -> str:
    """Return the whole document."""
    machine, idle = comparison.machine, comparison.idle
    idle_per_minute = 60 * idle.of(kinds.NODE_KINDS) / idle.seconds
    return filled(
        "benchmarks.md",
        {
            "chart": CHART,
            "late": sum(page.path in LATE for page in MIXED),
            "day": machine.day,
            "cores": machine.cores,
            "model": machine.model,
            "memory": f"{machine.memory_gib:.0f}",
            "sets": "\n\n".join(_of_set(comparison, pages) for pages in comparison.sets()),
            "variants": _variants(comparison),
            "idle": f"{idle_per_minute:.1f}",
            "idle_per": f"{idle_per_minute / 60:.2f}",
        },
    )


def compared(comparison: Comparison, pages: str) -> list[Figures]:
    """Return the best variant of each way that was measured with a set."""
    return [comparison.best(way, pages) for way in Way if comparison.variants(way, pages)]


def disturbance(run: Figures) -> float:
    """Return which part of the machine's work in percent was nobody's here."""
    return 100 * run.expense.of([kinds.STRANGERS]) / run.expense.machine


def _of_set(comparison: Comparison, pages: str) -> str:
    runs = compared(comparison, pages)
    parts = (
        f"## {TITLES[pages]}",
        table(("", *(f"{run.way}, {run.variant}" for run in runs)), _rows(runs)),
        *([_meaning(*runs)] if len(runs) == len(Way) else []),
        "CPU seconds per capture, by process:",
        table(("", *(run.way for run in runs)), _cpu_rows(runs)),
    )
    return "\n\n".join(parts)


def _painted(run: Figures) -> str:
    shown = sorted(taken.shown for taken in run.taken)
    return f"{shown[len(shown) // 2]} of {run.taken[0].marks} ({shown[0]} to {shown[-1]})"


_ROWS: Sequence[tuple[str, Callable[[Figures], str]]] = (
    ("captures", lambda run: str(run.count)),
    ("**captures per minute**", lambda run: f"**{run.per_minute:.0f}**"),
    ("pictures complete", lambda run: f"{run.complete} of {run.count}"),
    ("images painted, median and range", _painted),
    ("from the start of all, median, s", lambda run: f"{run.wait[0]:.1f}"),
    ("from the start of all, p95, s", lambda run: f"{run.wait[1]:.1f}"),
    ("a capture by itself, median, s", lambda run: f"{run.work[0]:.2f}"),
    ("a capture by itself, p95, s", lambda run: f"{run.work[1]:.2f}"),
    ("**CPU seconds per capture**", lambda run: f"**{run.cpu(COST):.2f}**"),
    ("largest pod, MiB", lambda run: f"{run.expense.largest_pod:.0f}"),
    ("all pods that capture, MiB", lambda run: f"{run.expense.all_pods:.0f}"),
    ("operator's API calls per capture, Events apart", lambda run: f"{operator_calls(run):.1f}"),
    ("API requests of everybody per capture", lambda run: f"{run.demand.requests / run.count:.1f}"),
    ("etcd's writes per capture", lambda run: f"{run.demand.etcd_writes / run.count:.1f}"),
    ("requests tried again", lambda run: str(run.retried)),
    ("other processes' part of the machine's work", lambda run: f"{disturbance(run):.0f} %"),
    ("withheld by the machine's host", lambda run: f"{100 * run.expense.stolen / run.expense.machine:.0f} %"),
)


def _rows(runs: Sequence[Figures]) -> list[tuple[str, ...]]:
    rows = _ROWS if runs[0].taken[0].marks > 1 else [row for row in _ROWS if row[1] is not _painted]
    return [(name, *(tell(run) for run in runs)) for name, tell in rows]


def _cpu_rows(runs: Sequence[Figures]) -> list[tuple[str, ...]]:
    rows = [(kind, *(f"{run.cpu([kind]):.3f}" for run in runs)) for kind in kinds.KINDS]
    return [
        *rows,
        ("**the whole machine, as it counts itself**", *(f"{run.expense.machine / run.count:.3f}" for run in runs)),
    ]


def operator_calls(run: Figures) -> float:
    """Return the operator's API calls per capture."""
    return sum(made for name, made in run.calls.items() if name != "events") / run.count


def _meaning(naive: Figures, isolated: Figures, warm: Figures) -> str:
    """Return what the figures of a set say."""
    values = {
        "of_naive": f"{warm.per_minute / naive.per_minute:.2f}",
        "of_isolated": f"{warm.per_minute / isolated.per_minute:.1f}",
        "lack": _lack(naive),
        "start": f"{isolated.cpu([kinds.DRIVER, kinds.PYTHON]):.2f}",
        "first": f"{warm.first:.1f}",
    }
    for name, run in (("naive", naive), ("isolated", isolated), ("warm", warm)):
        values |= {
            f"whole_{name}": f"{run.per_minute * run.complete / run.count:.0f}",
            f"cpu_{name}": f"{run.cpu(COST):.2f}",
        }
    return filled("meaning.md", values).strip()


def _lack(naive: Figures) -> str:
    if not naive.incomplete:
        return "The loop's pictures are complete too."
    names = ", ".join(f"`{path}`" for path in sorted(naive.incomplete))
    missing = sum(naive.incomplete.values())
    return f"Of the loop's {naive.count} pictures {missing} lack something ({names}): it waits for the load event only."


def _variants(comparison: Comparison) -> str:
    head = (
        "pages, way, variant",
        "per minute",
        "by itself, median, s",
        "complete",
        "CPU s",
        "largest pod, MiB",
        "others",
    )
    rows = (
        (
            f"{run.pages}, {run.way}, {run.variant}",
            f"{run.per_minute:.0f}",
            f"{run.work[0]:.2f}",
            f"{run.complete} of {run.count}",
            f"{run.cpu(COST):.2f}",
            f"{run.expense.largest_pod:.0f}",
            f"{disturbance(run):.0f} %",
        )
        for run in comparison.runs
    )
    return table(head, rows)
