"""How much a wished load needs: the figures of one capture, without what the idle cluster takes, multiplied."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from bench import kinds
from bench.figures import Comparison, Expense, Figures, Way
from bench.measure import table
from bench.report import COST, filled, operator_calls

PAGES = "mixed"
LOADS = (10, 100, 1_000, 10_000)
# What may be used of the cores, of the operator's one, and of the memory.
BUSY, OPERATOR_BUSY, ROOM = 0.7, 0.8, 1.25
NODES, CORES_PER_NODE = 1_000, 16
# Requests per second that we would ask of the API servers of one cluster beside its other work: a figure of our own.
BUDGET = 500
MAX_CAPTURES = 50

_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture of a run, on average."""

    run: Figures
    idle: Expense

    def cpu(self, kinds: Sequence[str]) -> float:
        """Return its CPU seconds, less what the idle cluster would have taken in the same time."""
        expense = self.run.expense
        return (expense.of(kinds) - self.idle.of(kinds) / self.idle.seconds * expense.seconds) / self.run.count

    @property
    def requests(self) -> float:
        """The requests of everybody to the API server."""
        return self.run.demand.requests / self.run.count

    @property
    def etcd_writes(self) -> float:
        """What etcd wrote."""
        return self.run.demand.etcd_writes / self.run.count

    @property
    def per_pod(self) -> float:
        """How many of it a pod makes per minute."""
        return self.run.per_minute / self.run.slots


def sizing(comparison: Comparison) -> str:
    """Return the whole document."""
    warm, isolated = (Capture(comparison.best(way, PAGES), comparison.idle) for way in (Way.WARM, Way.ISOLATED))
    cards = Capture(comparison.best(Way.WARM, "cards"), comparison.idle)
    machine = comparison.machine
    object_bytes = warm.run.object_bytes
    return filled(
        "sizing.md",
        {
            "day": machine.day,
            "cores": machine.cores,
            "model": machine.model,
            "cards_cpu": f"{cards.cpu(COST):.2f}",
            "one": _one(warm, isolated, machine.cores),
            "pool": warm.run.variant,
            "pages_of_pool": warm.run.variant.partition(" x ")[2],
            "warm_table": _loads(warm),
            "isolated_table": _loads(isolated),
            "nodes_rate": f"{_rounded(60 * NODES * CORES_PER_NODE * BUSY / warm.cpu(COST)):,}",
            "object": f"{object_bytes / 1000:.1f}",
            "per_gib": f"{_rounded(_GIB / object_bytes):,}",
            "gib_minutes": f"{_GIB / object_bytes / 1000:.0f}",
            "budget": BUDGET,
            "isolated_per_second": f"{1000 / 60:.0f}",
            "warm_per_second": f"{1000 / 60 / MAX_CAPTURES:.1f}",
            "warm_cpu": f"{warm.cpu(COST):.2f}",
            "first": f"{warm.run.first:.1f}",
            "busy": BUSY,
            "operator_busy": f"{100 * OPERATOR_BUSY:.0f}",
            "cores_per_node": CORES_PER_NODE,
            "rate_warm": f"{warm.run.per_minute:.0f}",
            "rate_isolated": f"{isolated.run.per_minute:.0f}",
            "isolated_end": f"{min(_operator_rate(isolated), _budget_rate(isolated)):,}",
            **_shared("", warm),
            **_shared("_isolated", isolated),
        },
    )


def _shared(suffix: str, capture: Capture) -> dict[str, str]:
    """Return what all captures share, per capture, and the rate at which it is full."""
    return {
        f"request{suffix}": f"{1000 * capture.cpu(kinds.CAPTURE_KINDS) * capture.per_pod / 60:.0f}m",
        f"operator{suffix}_ms": f"{1000 * capture.cpu([kinds.OPERATOR]):.0f}",
        f"operator{suffix}_rate": f"{_operator_rate(capture):,}",
        f"requests{suffix}": f"{capture.requests:.1f}",
        f"server{suffix}_ms": f"{1000 * capture.cpu([kinds.API_SERVER]):.0f}",
        f"budget{suffix}_rate": f"{_budget_rate(capture):,}",
        f"writes{suffix}": f"{capture.etcd_writes:.1f}",
    }


def _operator_rate(capture: Capture) -> int:
    return _rounded(60 * OPERATOR_BUSY / capture.cpu([kinds.OPERATOR]))


def _budget_rate(capture: Capture) -> int:
    return _rounded(60 * BUDGET / capture.requests)


def _one(warm: Capture, isolated: Capture, cores: int) -> str:
    captures = (warm, isolated)
    runs = (warm.run, isolated.run)
    rows = (
        ("captures per minute", *(f"{run.per_minute:.0f}" for run in runs)),
        ("captures per minute and core", *(f"{run.per_minute / cores:.0f}" for run in runs)),
        ("`P`, captures per minute and pod", *(f"{each.per_pod:.1f}" for each in captures)),
        ("`C`, CPU seconds, all of it", *(f"{each.cpu(COST):.2f}" for each in captures)),
        ("of it the pods that capture", *(f"{each.cpu(kinds.CAPTURE_KINDS):.2f}" for each in captures)),
        ("of it `O`, the operator", *(f"{each.cpu([kinds.OPERATOR]):.3f}" for each in captures)),
        ("of it API server and etcd", *(f"{each.cpu([kinds.API_SERVER, kinds.ETCD]):.3f}" for each in captures)),
        ("largest pod, MiB", *(f"{run.expense.largest_pod:.0f}" for run in runs)),
        ("`A`, API requests of everybody", *(f"{each.requests:.1f}" for each in captures)),
        ("of them the operator's, Events apart", *(f"{operator_calls(run):.1f}" for run in runs)),
        ("etcd's writes", *(f"{each.etcd_writes:.1f}" for each in captures)),
        (
            "bytes that etcd handed to the disk, kB",
            *(f"{run.demand.etcd_bytes / run.count / 1000:.0f}" for run in runs),
        ),
        ("a finished request as JSON, kB", *(f"{run.object_bytes / 1000:.1f}" for run in runs)),
    )
    return table(("per capture", f"warm, {warm.run.variant}", f"isolated, {isolated.run.variant}"), rows)


def _loads(capture: Capture) -> str:
    head = ("per minute", "cores", "pods", "memory, GiB", "API requests/s", "API server, cores", "operator, cores")
    return table((*head, "etcd writes/s"), (_load(capture, rate) for rate in LOADS))


def _load(capture: Capture, rate: int) -> tuple[str, ...]:
    per_second, pods = rate / 60, ceil(rate / capture.per_pod)
    return (
        f"{rate:,}",
        _few(per_second * capture.cpu(COST) / BUSY),
        f"{pods:,}",
        _few(pods * capture.run.expense.largest_pod * ROOM / 1024),
        _few(per_second * capture.requests),
        _few(per_second * capture.cpu([kinds.API_SERVER])),
        _few(per_second * capture.cpu([kinds.OPERATOR])),
        _few(per_second * capture.etcd_writes),
    )


def _few(value: float) -> str:
    """Return a number with two digits that mean something."""
    return f"{value:.2g}" if value < 10 else f"{_rounded(value):,}"


def _rounded(value: float) -> int:
    return int(float(f"{value:.2g}"))
