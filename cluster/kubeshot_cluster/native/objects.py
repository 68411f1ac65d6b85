"""The objects a bare API server lacks: the cluster's DNS service and what CoreDNS may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubeshot_cluster.native.plan import Plan

COREDNS_USER = "system:coredns"
DNS_PORTS = (("dns", "UDP"), ("dns-tcp", "TCP"))


@dataclass(frozen=True, slots=True)
class Object:
    """An object and the path it is applied at."""

    path: str
    body: Mapping[str, Any]


def for_dns(plan: Plan) -> list[Object]:
    """The kube-dns Service, led to the CoreDNS process on the node's address, and CoreDNS's role."""
    return [_service(plan), _endpoints(plan), _role(), _binding()]


def _service(plan: Plan) -> Object:
    ports = [{"name": name, "port": 53, "protocol": protocol} for name, protocol in DNS_PORTS]
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kube-dns", "namespace": "kube-system"},
        "spec": {"clusterIP": plan.dns_service_ip, "ports": ports},
    }
    return Object("/api/v1/namespaces/kube-system/services/kube-dns", body)


def _endpoints(plan: Plan) -> Object:
    port = plan.ports["coredns"]
    body = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "kube-dns",
            "namespace": "kube-system",
            "labels": {"kubernetes.io/service-name": "kube-dns"},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [plan.node_ip], "conditions": {"ready": True}}],
        "ports": [{"name": name, "port": port, "protocol": protocol} for name, protocol in DNS_PORTS],
    }
    return Object("/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/kube-dns", body)


def _role() -> Object:
    verbs = ["list", "watch"]
    body = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": COREDNS_USER},
        "rules": [
            {"apiGroups": [""], "resources": ["services", "namespaces"], "verbs": verbs},
            {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": verbs},
        ],
    }
    return Object(f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{COREDNS_USER}", body)


def _binding() -> Object:
    group = "rbac.authorization.k8s.io"
    body = {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": COREDNS_USER},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": COREDNS_USER},
        "subjects": [{"apiGroup": group, "kind": "User", "name": COREDNS_USER}],
    }
    return Object(f"/apis/{group}/v1/clusterrolebindings/{COREDNS_USER}", body)
