"""What the network lets capture pods of a class do, where it enforces policies: the wall behind the egress guard."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kubeshot_contract.addresses import SPECIAL_V4, SPECIAL_V6, UNICAST_V6, Address
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.decide.naming import label_value, policy_name
from kubeshot_operator.decide.pod_body import owned_by

Raw = dict[str, Any]

_DNS_PORT = 53
# Where clusters run a resolver on each node, it has this address (kubernetes/dns, node-local DNS cache).
_NODE_LOCAL_DNS = "169.254.20.10/32"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The operator's namespace, and the port at which its pods are asked for work."""

    namespace: str
    dispatch_port: int


def build_network_policy(
    namespace: str, capture_class: CaptureClass, surroundings: Surroundings, addresses: Iterable[Address]
) -> Raw:
    """Return the policy of a class's capture pods in a namespace: nothing comes in; out go names, and public addresses.

    `addresses` are what the bucket's endpoint and the hosts lead to that the class lets be private.
    """
    private = capture_class.egress.private_cidrs
    peers = [
        _block("0.0.0.0/0", map(str, SPECIAL_V4)),
        _block(str(UNICAST_V6), map(str, SPECIAL_V6)),
        *(_block(cidr) for cidr in private),
        *(
            _block(f"{address}/{address.max_prefixlen}")
            for address in sorted(addresses, key=lambda it: (it.version, it))
        ),
        *({"namespaceSelector": _named(name)} for name in sorted(namespaces_of(capture_class))),
    ]
    return {
        "apiVersion": crd.POLICY_API_VERSION,
        "kind": crd.POLICY_KIND,
        "metadata": {
            "name": policy_name(capture_class),
            "namespace": namespace,
            "labels": {crd.MANAGED_BY_LABEL: crd.MANAGED_BY, crd.CLASS_LABEL: label_value(capture_class.name)},
            "annotations": {crd.CLASS_ANNOTATION: capture_class.name},
            "ownerReferences": owned_by(crd.CLASS_KIND, capture_class.name, capture_class.uid),
        },
        "spec": {
            "podSelector": {
                "matchLabels": {
                    crd.MANAGED_BY_LABEL: crd.MANAGED_BY,
                    crd.CLASS_LABEL: label_value(capture_class.name),
                }
            },
            # No rule for what comes in. An empty list would be another spec than the one that is stored, at each apply.
            "policyTypes": ["Ingress", "Egress"],
            "egress": [_names(), _dispatch(surroundings), {"to": peers}],
        },
    }


def namespaces_of(capture_class: CaptureClass) -> set[str]:
    """Return the namespaces whose Services a class's captures ask: the bucket's, and those of private hosts.

    A policy is about pods. What a Service leads to changes, and its own address is none of theirs.
    """
    hosts = (host_of_endpoint(capture_class.storage.endpoint), *capture_class.egress.private_hosts)
    return {name for host in hosts if (name := _namespace_of(host))}


def hosts_to_resolve(capture_class: CaptureClass) -> tuple[str, ...]:
    """Return the names whose addresses belong into the policy; `*.` stands for too many of them."""
    hosts = (host_of_endpoint(capture_class.storage.endpoint), *capture_class.egress.private_hosts)
    return tuple(host for host in dict.fromkeys(hosts) if not host.startswith("*."))


def _names() -> Raw:
    """Return the rule for the resolver, wherever in the cluster it is."""
    peers = [{"namespaceSelector": {}}, _block(_NODE_LOCAL_DNS)]
    return {"to": peers, "ports": [{"protocol": protocol, "port": _DNS_PORT} for protocol in ("UDP", "TCP")]}


def _dispatch(surroundings: Surroundings) -> Raw:
    peer = {
        "namespaceSelector": _named(surroundings.namespace),
        "podSelector": {"matchLabels": {crd.NAME_LABEL: crd.OPERATOR_NAME}},
    }
    return {"to": [peer], "ports": [{"protocol": "TCP", "port": surroundings.dispatch_port}]}


def _block(cidr: str, besides: Iterable[str] = ()) -> Raw:
    excepted = list(besides)
    return {"ipBlock": {"cidr": cidr, **({"except": excepted} if excepted else {})}}


def _named(namespace: str) -> Raw:
    return {"matchLabels": {"kubernetes.io/metadata.name": namespace}}


def _namespace_of(host: str) -> str | None:
    """Return the namespace in what may be the name of a Service: `minio.storage`, or `*.team.svc.cluster.local`."""
    parts = host.rstrip(".").split(".")
    return parts[1] if len(parts) == 2 or parts[2:3] == ["svc"] else None


def host_of_endpoint(endpoint: str) -> str:
    """Return the host in the URL of a bucket's server."""
    return urlsplit(endpoint).hostname or ""
