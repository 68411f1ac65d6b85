"""How much a wished load needs: the figures of one capture, multiplied."""

from math import ceil

from bench import kinds
from bench.figures import Comparison, Figures, Way
from bench.measure import table
from bench.report import COST, filled, operator_calls

PAGES = "mixed"
LOADS = (10, 100, 1_000, 10_000)
# What may be used of the cores, of the operator's one, and of the memory.
BUSY, OPERATOR_BUSY, ROOM = 0.7, 0.8, 1.25
NODES, CORES_PER_NODE = 1_000, 16
# Requests per second that we would ask of one API server; published figures of large clusters are higher.
BUDGET = 500
MAX_CAPTURES = 50

_GIB = 1 << 30


def sizing(comparison: Comparison) -> str:
    """Return the whole document."""
    warm, isolated = comparison.best(Way.WARM, PAGES), comparison.best(Way.ISOLATED, PAGES)
    machine = comparison.machine
    object_bytes = max(warm.object_bytes, 1.0)
    return filled(
        "sizing.md",
        {
            "day": machine.day,
            "cores": machine.cores,
            "model": machine.model,
            "cards_cpu": f"{comparison.best(Way.WARM, 'cards').cpu(COST):.2f}",
            "one": _one(warm, isolated, machine.cores),
            "pool": warm.variant,
            "pages_of_pool": warm.variant.partition(" x ")[2],
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
            **_shared("", warm),
            **_shared("_isolated", isolated),
        },
    )


def _shared(suffix: str, run: Figures) -> dict[str, str]:
    """Return what all captures share, per capture, and the rate at which it is full."""
    operator, requests = run.cpu([kinds.OPERATOR]), run.demand.requests / run.count
    return {
        f"request{suffix}": f"{1000 * run.cpu(kinds.CAPTURE_KINDS) * _per_pod(run) / 60:.0f}m",
        f"operator{suffix}_ms": f"{1000 * operator:.0f}",
        f"operator{suffix}_rate": f"{_rounded(60 * OPERATOR_BUSY / operator):,}",
        f"requests{suffix}": f"{requests:.1f}",
        f"server{suffix}_ms": f"{1000 * run.cpu([kinds.API_SERVER]):.0f}",
        f"budget{suffix}_rate": f"{_rounded(60 * BUDGET / requests):,}",
        f"writes{suffix}": f"{run.demand.etcd_writes / run.count:.1f}",
    }


def _one(warm: Figures, isolated: Figures, cores: int) -> str:
    runs = (warm, isolated)
    rows = (
        ("captures per minute", *(f"{run.per_minute:.0f}" for run in runs)),
        ("captures per minute and core", *(f"{run.per_minute / cores:.0f}" for run in runs)),
        ("`P`, captures per minute and pod", *(f"{_per_pod(run):.0f}" for run in runs)),
        ("`C`, CPU seconds, all of it", *(f"{run.cpu(COST):.2f}" for run in runs)),
        ("of it the pods that capture", *(f"{run.cpu(kinds.CAPTURE_KINDS):.2f}" for run in runs)),
        ("of it `O`, the operator", *(f"{run.cpu([kinds.OPERATOR]):.3f}" for run in runs)),
        ("of it API server and etcd", *(f"{run.cpu([kinds.API_SERVER, kinds.ETCD]):.3f}" for run in runs)),
        ("largest pod, MiB", *(f"{run.expense.largest_pod:.0f}" for run in runs)),
        ("`A`, API requests of everybody", *(f"{run.demand.requests / run.count:.1f}" for run in runs)),
        ("of them the operator's, Events apart", *(f"{operator_calls(run):.1f}" for run in runs)),
        ("etcd's writes", *(f"{run.demand.etcd_writes / run.count:.1f}" for run in runs)),
        (
            "bytes that etcd handed to the disk, kB",
            *(f"{run.demand.etcd_bytes / run.count / 1000:.0f}" for run in runs),
        ),
        ("a finished request as JSON, kB", *(f"{run.object_bytes / 1000:.1f}" for run in runs)),
    )
    return table(("per capture", f"warm, {warm.variant}", f"isolated, {isolated.variant}"), rows)


def _loads(run: Figures) -> str:
    head = ("per minute", "cores", "pods", "memory, GiB", "API requests/s", "API server, cores", "operator, cores")
    return table((*head, "etcd writes/s"), (_load(run, rate) for rate in LOADS))


def _load(run: Figures, rate: int) -> tuple[str, ...]:
    per_second, pods = rate / 60, ceil(rate / _per_pod(run))
    return (
        f"{rate:,}",
        _few(per_second * run.cpu(COST) / BUSY),
        f"{pods:,}",
        _few(pods * run.expense.largest_pod * ROOM / 1024),
        _few(per_second * run.demand.requests / run.count),
        _few(per_second * run.cpu([kinds.API_SERVER])),
        _few(per_second * run.cpu([kinds.OPERATOR])),
        _few(per_second * run.demand.etcd_writes / run.count),
    )


def _per_pod(run: Figures) -> float:
    return run.per_minute / run.slots


def _few(value: float) -> str:
    """Return a number with two digits that mean something."""
    return f"{value:.1f}" if value < 10 else f"{_rounded(value):,}"


def _rounded(value: float) -> int:
    return int(float(f"{value:.2g}"))
