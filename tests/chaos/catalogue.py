"""All faults by their names, in the order of the table."""

from dataclasses import dataclass
from enum import Enum

from chaos.faults import api_server, cluster, kills, pods, storage
from chaos.scene import Strike


class Company(Enum):
    """Who may be under way while a fault strikes: what others have of their own is left alone by it, or is not."""

    OTHERS = "others whose faults strike their own things only"
    NONE_UNDER_WAY = "nobody, but those whose pods are being cleared away"
    NONE = "nobody at all"


@dataclass(frozen=True, slots=True)
class Fault:
    """`once` says that no attempt may be made again for it; a `quick` one is part of the short form."""

    name: str
    strike: Strike
    once: bool = False
    quick: bool = False
    company: Company = Company.NONE_UNDER_WAY


def faults(seed: int) -> tuple[Fault, ...]:
    """Return the faults of a seed."""
    return (
        Fault("operator killed", kills.killed_at(kills.points_of(seed)), once=True, quick=True),
        Fault("two leaders", cluster.two_leaders, once=True),
        Fault("watches cut", api_server.watches_cut, once=True),
        Fault("history lost, deletions in the gap", api_server.history_lost, quick=True),
        Fault("cache five seconds behind", api_server.cache_behind, once=True),
        Fault("conflicts", api_server.conflicts, once=True, company=Company.OTHERS),
        Fault("server errors", api_server.server_errors, once=True, quick=True),
        Fault("slow patches", api_server.slow_patches, once=True, company=Company.OTHERS),
        Fault("token rotated", api_server.token_rotated, once=True),
        Fault("storage down at presign", storage.AT_PRESIGN, once=True, company=Company.OTHERS),
        Fault("storage down at upload", storage.AT_UPLOAD, quick=True, company=Company.OTHERS),
        Fault("storage down at stat", storage.AT_STAT, once=True, company=Company.OTHERS),
        Fault("pods deleted", pods.deleted, company=Company.OTHERS),
        Fault("pods evicted", pods.evicted, company=Company.OTHERS),
        Fault("node drained", pods.node_drained),
        Fault("kubelet stopped", pods.kubelet_stopped),
        Fault("quota full", cluster.quota_full, once=True, company=Company.OTHERS),
        Fault("namespace terminating", cluster.namespace_terminating, once=True, company=Company.OTHERS),
        Fault("clock stepped", cluster.clock_stepped),
        Fault("CRD deleted and restored", cluster.crd_restored, once=True, company=Company.NONE),
    )


NAMES = tuple(fault.name for fault in faults(0))


def fault_named(name: str, seed: int) -> Fault:
    """Return a fault by its name."""
    return next(fault for fault in faults(seed) if fault.name == name)
