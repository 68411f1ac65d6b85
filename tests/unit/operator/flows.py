"""What NetworkPolicies allow, as Kubernetes says it: nothing unless some rule of some policy of the pod does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class End:
    """One end of a connection: an address, and what pod has it, if one does."""

    address: str
    namespace: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    namespace_labels: dict[str, str] = field(default_factory=dict)

    @property
    def is_pod(self) -> bool:
        """Whether it is a pod."""
        return bool(self.namespace)


def pod(address: str, namespace: str, **labels: str) -> End:
    """Return a pod with these labels, whose underscores stand for dots and double ones for slashes."""
    named = {name.replace("__", "/").replace("_", "."): value for name, value in labels.items()}
    return End(address, namespace, named, {"kubernetes.io/metadata.name": namespace})


def may_connect(policies: Iterable[Raw], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Say whether a connection comes about."""
    listed = list(policies)
    door = (protocol, port)
    return _passes(listed, "Egress", (source, target), door) and _passes(listed, "Ingress", (target, source), door)


def _passes(policies: list[Raw], way: str, ends: tuple[End, End], door: tuple[str, int]) -> bool:
    mine, other = ends
    applied = [policy for policy in policies if _applies(policy, way, mine)]
    peers, rules = ("to", "egress") if way == "Egress" else ("from", "ingress")
    return not applied or any(
        _has_port(rule, door) and _has_peer(rule.get(peers), other, policy["metadata"]["namespace"])
        for policy in applied
        for rule in policy["spec"].get(rules, ())
    )


def _applies(policy: Raw, way: str, end: End) -> bool:
    spec = policy["spec"]
    return (
        end.is_pod
        and policy["metadata"]["namespace"] == end.namespace
        and way in spec["policyTypes"]
        and _selects(spec["podSelector"], end.labels)
    )


def _has_port(rule: Raw, door: tuple[str, int]) -> bool:
    ports = rule.get("ports")
    return not ports or any((it.get("protocol", "TCP"), it["port"]) == door for it in ports)


def _has_peer(peers: list[Raw] | None, end: End, namespace: str) -> bool:
    return not peers or any(_is_peer(peer, end, namespace) for peer in peers)


def _is_peer(peer: Raw, end: End, namespace: str) -> bool:
    if (block := peer.get("ipBlock")) is not None:
        address = ip_address(end.address)
        excepted = any(address in ip_network(cidr) for cidr in block.get("except", ()))
        return address in ip_network(block["cidr"]) and not excepted
    if not end.is_pod:
        return False
    in_namespace = (
        _selects(peer["namespaceSelector"], end.namespace_labels)
        if "namespaceSelector" in peer
        else end.namespace == namespace
    )
    return in_namespace and _selects(peer.get("podSelector", {}), end.labels)


def _selects(selector: Raw, labels: Mapping[str, str]) -> bool:
    assert set(selector) <= {"matchLabels"}, "the evaluator knows no other selectors"
    return all(labels.get(name) == value for name, value in selector.get("matchLabels", {}).items())
