"""Renders the command lines of the cluster's programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.native.layout import DOMAIN, NODE, Layout
from kubeshot_cluster.native.plan import Plan

# Started in this order; the later ones need the earlier.
ORDER = (
    "etcd",
    "containerd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "coredns",
    "kubelet",
)


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs are."""

    kubernetes: Path
    containerd: Path


def render(layout: Layout, plan: Plan, programs: Programs) -> dict[str, list[str]]:
    """Return the command line of each program, by name."""
    options: Mapping[str, Mapping[str, str]] = {
        "etcd": _etcd(layout, plan),
        "kube-apiserver": _apiserver(layout, plan),
        "kube-controller-manager": _controller_manager(layout, plan),
        "kube-scheduler": _component(layout, plan, "kube-scheduler", "scheduler"),
        "kube-proxy": {"config": str(layout.settings / "kube-proxy.json")},
        "kubelet": _kubelet(layout, plan),
    }
    lines = {name: [str(programs.kubernetes / name), *_flags(flags)] for name, flags in options.items()}
    lines["containerd"] = [str(programs.containerd), "--config", str(layout.settings / "containerd.toml")]
    lines["coredns"] = [str(programs.kubernetes / "coredns"), "-conf", str(layout.settings / "Corefile")]
    return {name: lines[name] for name in ORDER}


def _flags(options: Mapping[str, str]) -> list[str]:
    return [f"--{name}={value}" for name, value in options.items()]


def _etcd(layout: Layout, plan: Plan) -> dict[str, str]:
    client = f"https://127.0.0.1:{plan.ports['etcd']}"
    peer = f"https://127.0.0.1:{plan.ports['etcd-peer']}"
    server = {"cert-file": str(layout.pki.certificate("etcd")), "key-file": str(layout.pki.key("etcd"))}
    trust = {"client-cert-auth": "true", "trusted-ca-file": str(layout.pki.authority)}
    return {
        "name": NODE,
        "data-dir": str(layout.etcd),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"{NODE}={peer}",
        **server,
        **trust,
        **{f"peer-{name}": value for name, value in (server | trust).items()},
        # The cluster is thrown away: waiting for the disk at each write would only cost time.
        "unsafe-no-fsync": "true",
        "log-level": "warn",
    }


def _apiserver(layout: Layout, plan: Plan) -> dict[str, str]:
    pki = layout.pki
    return {
        "advertise-address": plan.node_ip,
        "bind-address": plan.node_ip,
        "secure-port": str(plan.ports["kube-apiserver"]),
        "service-cluster-ip-range": plan.service_range,
        "etcd-servers": f"https://127.0.0.1:{plan.ports['etcd']}",
        "etcd-cafile": str(pki.authority),
        "etcd-certfile": str(pki.certificate("etcd-client")),
        "etcd-keyfile": str(pki.key("etcd-client")),
        "tls-cert-file": str(pki.certificate("kube-apiserver")),
        "tls-private-key-file": str(pki.key("kube-apiserver")),
        "client-ca-file": str(pki.authority),
        "kubelet-certificate-authority": str(pki.authority),
        "kubelet-client-certificate": str(pki.certificate("kubelet-client")),
        "kubelet-client-key": str(pki.key("kubelet-client")),
        # The node's name is in no DNS.
        "kubelet-preferred-address-types": "InternalIP",
        "authorization-mode": "Node,RBAC",
        "audit-policy-file": str(layout.settings / "audit.json"),
        # Into its own log: a file of its own would be one whose every change asks for a restart.
        "audit-log-path": "-",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
        "service-account-issuer": f"https://kubernetes.default.svc.{DOMAIN}",
        "service-account-key-file": str(pki.verifier),
        "service-account-signing-key-file": str(pki.signer),
    }


def _controller_manager(layout: Layout, plan: Plan) -> dict[str, str]:
    return {
        **_component(layout, plan, "kube-controller-manager", "controller-manager"),
        "use-service-account-credentials": "true",
        "service-account-private-key-file": str(layout.pki.signer),
        "root-ca-file": str(layout.pki.authority),
        "cluster-signing-cert-file": str(layout.pki.authority),
        "cluster-signing-key-file": str(layout.pki.key("ca")),
        "cluster-cidr": plan.pod_range,
        "flex-volume-plugin-dir": str(layout.kubelet_root / "volume-plugins"),
    }


def _component(layout: Layout, plan: Plan, name: str, user: str) -> dict[str, str]:
    kubeconfig = str(layout.kubeconfig(user))
    return {
        "kubeconfig": kubeconfig,
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "bind-address": "127.0.0.1",
        "secure-port": str(plan.ports[name]),
        "leader-elect": "false",
        "kube-api-qps": "100",
        "kube-api-burst": "200",
    }


def _kubelet(layout: Layout, plan: Plan) -> dict[str, str]:
    return {
        "config": str(layout.settings / "kubelet.json"),
        "kubeconfig": str(layout.kubeconfig("node")),
        "root-dir": str(layout.kubelet_root),
        "hostname-override": NODE,
        "node-ip": plan.node_ip,
    }
