"""Renders the configuration files of the node: containerd, CNI, kubelet, kube-proxy, CoreDNS."""

import json
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.native.layout import CGROUP, CNI_PROGRAMS, DOMAIN, NODE, OPERATOR, PAUSE_IMAGE, Layout
from kubeshot_cluster.native.plan import Plan


@dataclass(frozen=True, slots=True)
class Host:
    """What the machine allows and how its network is set up."""

    may_raise_oom_score: bool
    snapshotter: str
    mtu: int
    resolver: Path
    has_nameserver: bool


def containerd(layout: Layout, host: Host) -> str:
    """Render containerd's TOML. JSON strings are TOML strings."""
    return f"""version = 2
root = {_quoted(layout.containerd_root)}
state = {_quoted(layout.containerd_state)}
# The opt plugin would make /opt/containerd.
disabled_plugins = ["io.containerd.internal.v1.opt"]

[grpc]
  address = {_quoted(layout.containerd_socket)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  # Without CAP_SYS_RESOURCE no container may lower its score, and none would start.
  restrict_oom_score_adj = {str(not host.may_raise_oom_score).lower()}
  netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "{host.snapshotter}"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
  Root = {_quoted(layout.runc_root)}

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "{CNI_PROGRAMS}"
  conf_dir = {_quoted(layout.settings / "cni")}
"""


def cni(layout: Layout, plan: Plan, host: Host) -> str:
    """Render the pod network: one veth pair and one host route per pod.

    All traffic between pods passes the host's own stack, so that Service addresses are translated back on any kernel,
    also where bridged packets are not filtered.
    """
    addresses = {
        "type": "host-local",
        "dataDir": str(layout.addresses),
        "ranges": [[{"subnet": plan.pod_range, "gateway": plan.node_ip}]],
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    return _json(
        {
            "cniVersion": "0.4.0",
            "name": NODE,
            "plugins": [{"type": "ptp", "mtu": host.mtu, "ipMasq": False, "ipam": addresses}],
        }
    )


def kubelet(layout: Layout, plan: Plan, host: Host) -> str:
    return _json(
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": plan.node_ip,
            "port": plan.ports["kubelet"],
            "healthzBindAddress": "127.0.0.1",
            "healthzPort": plan.ports["kubelet-health"],
            "tlsCertFile": str(layout.pki.certificate("kubelet")),
            "tlsPrivateKeyFile": str(layout.pki.key("kubelet")),
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": str(layout.pki.authority)},
            },
            "authorization": {"mode": "Webhook"},
            "containerRuntimeEndpoint": f"unix://{layout.containerd_socket}",
            "clusterDomain": DOMAIN,
            "clusterDNS": [plan.dns_service_ip],
            "resolvConf": str(host.resolver),
            "cgroupDriver": "cgroupfs",
            # Everything of a pod is below this group: what a killed run leaves is found there.
            "cgroupRoot": f"/{CGROUP}",
            "failCgroupV1": False,
            "failSwapOn": False,
            "seccompDefault": True,
            "serializeImagePulls": False,
            "makeIPTablesUtilChains": False,
            "maxPods": 250,
            "podPidsLimit": 2048,
            "podLogsDir": str(layout.pod_logs),
            "volumePluginDir": str(layout.kubelet_root / "volume-plugins"),
            # A disk that is fairly full is normal on a work machine, and images that were loaded can't be pulled again.
            "evictionHard": {
                "memory.available": "100Mi",
                "nodefs.available": "1Gi",
                "nodefs.inodesFree": "1%",
                "imagefs.available": "1Gi",
            },
            "imageGCHighThresholdPercent": 100,
            "imageGCLowThresholdPercent": 99,
        }
    )


def audit_policy() -> str:
    """Render what the API server writes down: the operator's calls, which its rights can be held against."""
    return _json(
        {
            "apiVersion": "audit.k8s.io/v1",
            "kind": "Policy",
            "omitStages": ["RequestReceived"],
            "omitManagedFields": True,
            "rules": [{"level": "Metadata", "users": [OPERATOR]}, {"level": "None"}],
        }
    )


def kube_proxy(layout: Layout, plan: Plan) -> str:
    return _json(
        {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "clusterCIDR": plan.pod_range,
            "detectLocalMode": "ClusterCIDR",
            "hostnameOverride": NODE,
            "bindAddress": plan.node_ip,
            "nodePortAddresses": ["primary"],
            "clientConnection": {"kubeconfig": str(layout.kubeconfig("proxy"))},
            "healthzBindAddress": f"127.0.0.1:{plan.ports['kube-proxy-health']}",
            "metricsBindAddress": f"127.0.0.1:{plan.ports['kube-proxy-metrics']}",
            # Zero leaves the host's connection tracking as it is.
            "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
            "nftables": {"minSyncPeriod": "200ms"},
        }
    )


def coredns(layout: Layout, plan: Plan, host: Host) -> str:
    """Render the Corefile. Outside names go to the host's resolver, if it has one."""
    forward = f"    forward . {host.resolver}\n" if host.has_nameserver else ""
    return f""".:{plan.ports["coredns"]} {{
    bind {plan.node_ip}
    errors
    health 127.0.0.1:{plan.ports["coredns-health"]}
    ready 127.0.0.1:{plan.ports["coredns-ready"]}
    kubernetes {DOMAIN} in-addr.arpa ip6.arpa {{
        kubeconfig {layout.kubeconfig("coredns")}
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }}
{forward}    cache 5
}}
"""


def _quoted(path: Path) -> str:
    return json.dumps(str(path))


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
