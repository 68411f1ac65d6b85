"""The addresses and ports of a cluster: chosen once, kept with its state."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from kubeshot_cluster.problems import ClusterError

PREFERRED_PORTS: Mapping[str, int] = {
    "kube-apiserver": 6443,
    "etcd": 2379,
    "etcd-peer": 2380,
    "kubelet": 10250,
    "kubelet-health": 10248,
    "kube-proxy-metrics": 10249,
    "kube-proxy-health": 10256,
    "kube-controller-manager": 10257,
    "kube-scheduler": 10259,
    "coredns": 10053,
    "coredns-health": 10054,
    "coredns-ready": 10055,
}
# One /16 of these is the cluster's. They are rarely used by others: not Docker's, not kind's, not a home router's.
BLOCKS = tuple(IPv4Network(f"10.{second}.0.0/16") for second in range(217, 249))
PORTS_TO_TRY = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What every configuration file of the cluster agrees on."""

    node_ip: str
    pod_range: str
    service_range: str
    api_service_ip: str
    dns_service_ip: str
    ports: Mapping[str, int]

    @property
    def server(self) -> str:
        return f"https://{self.node_ip}:{self.ports['kube-apiserver']}"


def choose(taken: Iterable[IPv4Network], is_free: Callable[[int], bool]) -> Plan:
    """Choose a block that no route of the host touches, and the preferred ports or the next free ones."""
    block = _free_block(list(taken))
    services = IPv4Network((int(block.network_address) + 128 * 256, 20))
    return Plan(
        node_ip=str(block.network_address + 1),
        pod_range=str(IPv4Network((int(block.network_address), 22))),
        service_range=str(services),
        api_service_ip=str(services.network_address + 1),
        dns_service_ip=str(services.network_address + 10),
        ports=choose_ports(PREFERRED_PORTS, is_free),
    )


def choose_ports(preferred: Mapping[str, int], is_free: Callable[[int], bool]) -> dict[str, int]:
    """Give every name its preferred port, or the next one that is free and nobody's here."""
    chosen: dict[str, int] = {}
    for name, first in preferred.items():
        spoken_for = {*chosen.values(), *(port for other, port in preferred.items() if other != name)}
        candidates = (port for port in range(first, first + PORTS_TO_TRY) if port not in spoken_for)
        chosen[name] = _first_free(name, candidates, is_free)
    return chosen


def parse_routes(table: str) -> list[IPv4Network]:
    """Read the networks, but the default, out of /proc/net/route. Its addresses are little-endian hexadecimal."""
    networks = []
    for line in table.splitlines()[1:]:
        columns = line.split()
        address, mask = (int.from_bytes(bytes.fromhex(columns[index]), "little") for index in (1, 7))
        if mask:
            networks.append(IPv4Network((address, mask.bit_count())))
    return networks


def save(plan: Plan, path: Path) -> None:
    path.write_text(json.dumps(dataclasses.asdict(plan), indent=2), encoding="utf-8")


def load(path: Path) -> Plan | None:
    """Return the kept plan, or None if there is none or it was written by another version."""
    try:
        plan = Plan(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return plan if set(plan.ports) == set(PREFERRED_PORTS) else None


def _free_block(taken: list[IPv4Network]) -> IPv4Network:
    for block in BLOCKS:
        if not any(block.overlaps(network) for network in taken):
            return block
    raise ClusterError(f"Routes of this machine cover all of {BLOCKS[0]} to {BLOCKS[-1]}; free one /16 of them.")


def _first_free(name: str, candidates: Iterable[int], is_free: Callable[[int], bool]) -> int:
    for port in candidates:
        if is_free(port):
            return port
    raise ClusterError(f"None of {PORTS_TO_TRY} ports is free for {name}; end what listens there.")
