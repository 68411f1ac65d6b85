"""The folders and fixed names of a native cluster."""

from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.native.certificates import Pki
from kubeshot_cluster.places import Places

NODE = "kubeshot"
DEVICE = "kubeshot0"
TABLE = "kubeshot"
CGROUP = "kubeshot"
OPERATOR = "system:serviceaccount:kubeshot-system:kubeshot-operator"
CNI_PROGRAMS = Path("/usr/lib/cni")
PAUSE_IMAGE = "docker.io/kubeshot/pause:1"
DOMAIN = "cluster.local"
SYSTEM_TABLES = ("kube-proxy",)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a native cluster keeps what. Sockets and container mounts are in the runtime folder, gone with a reboot."""

    places: Places

    @property
    def pki(self) -> Pki:
        return Pki(self.places.state / "pki")

    @property
    def plan(self) -> Path:
        return self.places.state / "plan.json"

    @property
    def records(self) -> Path:
        return self.places.state / "processes"

    @property
    def settings(self) -> Path:
        return self.places.state / "settings"

    @property
    def sysctls(self) -> Path:
        return self.places.state / "sysctls.json"

    @property
    def outside(self) -> Path:
        return self.places.state / "outside.json"

    @property
    def kubelet_root(self) -> Path:
        return self.places.state / "kubelet"

    @property
    def seccomp(self) -> Path:
        return self.kubelet_root / "seccomp" / "kubeshot"

    @property
    def containerd_root(self) -> Path:
        return self.places.state / "containerd"

    @property
    def content(self) -> Path:
        return self.containerd_root / "io.containerd.content.v1.content"

    @property
    def containerd_state(self) -> Path:
        return self.places.runtime / "containerd"

    @property
    def runc_root(self) -> Path:
        return self.places.runtime / "runc"

    @property
    def containerd_socket(self) -> Path:
        return self.places.runtime / "containerd.sock"

    @property
    def addresses(self) -> Path:
        """The pod addresses given out, as the CNI plugin keeps them."""
        return self.places.state / "addresses"

    @property
    def pod_logs(self) -> Path:
        return self.places.state / "pods"

    @property
    def etcd(self) -> Path:
        return self.places.state / "etcd"

    @property
    def owner(self) -> Path:
        """Says on the whole machine whose cluster this is."""
        return self.places.runtime / "owner"

    def kubeconfig(self, user: str) -> Path:
        return self.settings / f"{user}.kubeconfig"
