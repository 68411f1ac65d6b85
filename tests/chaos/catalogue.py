"""All faults by their names, in the order of the table."""

from dataclasses import dataclass

from chaos.faults import api_server, cluster, kills, pods, storage
from chaos.scene import Strike


@dataclass(frozen=True, slots=True)
class Fault:
    """`once` says that no attempt may be made again for it; a `quick` one is part of the short form."""

    name: str
    strike: Strike
    once: bool = False
    quick: bool = False


def faults(seed: int) -> tuple[Fault, ...]:
    """Return the faults of a seed."""
    return (
        Fault("operator killed", kills.killed_at(kills.points_of(seed)), once=True, quick=True),
        Fault("two leaders", cluster.two_leaders, once=True),
        Fault("watches cut", api_server.watches_cut, once=True),
        Fault("history lost, deletions in the gap", api_server.history_lost, quick=True),
        Fault("cache five seconds behind", api_server.cache_behind, once=True, quick=True),
        Fault("conflicts", api_server.conflicts, once=True),
        Fault("server errors", api_server.server_errors, once=True, quick=True),
        Fault("slow patches", api_server.slow_patches, once=True),
        Fault("token rotated", api_server.token_rotated, once=True),
        Fault("storage down at presign", storage.AT_PRESIGN, once=True),
        Fault("storage down at upload", storage.AT_UPLOAD),
        Fault("storage down at stat", storage.AT_STAT, once=True),
        Fault("pods deleted", pods.deleted),
        Fault("pods evicted", pods.evicted),
        Fault("node drained", pods.node_drained),
        Fault("kubelet stopped", pods.kubelet_stopped),
        Fault("quota full", cluster.quota_full, once=True),
        Fault("namespace terminating", cluster.namespace_terminating, once=True),
        Fault("clock stepped", cluster.clock_stepped),
        Fault("CRD deleted and restored", cluster.crd_restored, once=True),
    )


NAMES = tuple(fault.name for fault in faults(0))


def fault_named(name: str, seed: int) -> Fault:
    """Return a fault by its name."""
    return next(fault for fault in faults(seed) if fault.name == name)
