"""Brings the native cluster up, from whatever state it is in."""

import shutil
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from kubeshot_cluster import binaries, packages
from kubeshot_cluster.commands import Commands
from kubeshot_cluster.native import certificates, cgroups, host, listeners, network, outside, pause, plan, settings
from kubeshot_cluster.native.api import Api, is_ready
from kubeshot_cluster.native.command_lines import Programs, render
from kubeshot_cluster.native.containers import Containers
from kubeshot_cluster.native.layout import NODE, PAUSE_IMAGE, Layout
from kubeshot_cluster.native.objects import for_dns
from kubeshot_cluster.native.plan import Plan
from kubeshot_cluster.native.processes import Book
from kubeshot_cluster.native.remains import Remains
from kubeshot_cluster.native.supervision import Supervision, answers
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps


def bring_up(layout: Layout, environment: Mapping[str, str], steps: Steps) -> None:
    """Return with a Ready node. Every step looks first and does only what is missing."""
    check_owner(layout)
    packages.install(packages.NATIVE, layout.places, steps)
    programs = _programs(layout, steps)
    chosen = _prepare(layout, steps)
    supervision = Supervision(layout, chosen, environment)
    _Start(layout, chosen, programs, supervision, steps).all()
    if asks_proxy(environment, chosen.node_ip):
        steps.say(f"  A proxy is set; add {chosen.node_ip} to NO_PROXY, or clients ask the proxy for the cluster.")


def check_owner(layout: Layout) -> None:
    """Refuse when another user's cluster is on this machine: both would use the same device and control group."""
    try:
        owner = Path(layout.owner.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return
    if owner != layout.places.state and (owner / "processes").exists():
        raise ClusterError(
            f"The cluster of this machine is kept in {owner}; run `down` as the user it belongs to first."
        )


def asks_proxy(environment: Mapping[str, str], address: str) -> bool:
    """Say whether a client with this environment would go to a proxy for the cluster's address."""
    proxied = environment.get("HTTPS_PROXY") or environment.get("https_proxy")
    exempt = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    return bool(proxied) and not any(_covers(entry.strip(), address) for entry in exempt.split(","))


def _covers(entry: str, address: str) -> bool:
    """NO_PROXY holds addresses, networks, and a star for all."""
    try:
        return entry == "*" or IPv4Address(address) in IPv4Network(entry, strict=False)
    except ValueError:
        return False


def _programs(layout: Layout, steps: Steps) -> Programs:
    containerd = shutil.which("containerd", path=steps.path) or "containerd"
    return Programs(binaries.build("kubernetes", layout.places, steps), Path(containerd))


def _prepare(layout: Layout, steps: Steps) -> Plan:
    """Write down who owns the cluster, clear what a killed run left, and make settings and network."""
    commands = steps.quiet("prepare")
    for folder in (layout.places.state, layout.places.runtime):
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    layout.owner.write_text(f"{layout.places.state}\n", encoding="utf-8")
    _clear_remains(layout, commands, steps)
    chosen = plan.load(layout.plan) or _new_plan(layout)
    certificates.issue(layout.pki, chosen, NODE, commands)
    settings.write(layout, chosen, host.look(layout.places.state))
    settings.install_seccomp_profiles(layout.places.seccomp_profiles, layout.seccomp)
    network.remember_sysctls(layout.sysctls)
    outside.remember(layout.outside)
    network.set_up(chosen, commands)
    cgroups.make()
    return chosen


def _clear_remains(layout: Layout, commands: Commands, steps: Steps) -> None:
    """After a hard end nothing of ours runs, but mounts, addresses and pods without a shim may be left."""
    remains = Remains(layout)
    if Book(layout.records, layout.places.logs).running("containerd") or remains.shims():
        return
    if remains.mounts() or layout.addresses.exists():
        steps.say("  Clearing what an earlier run left")
        remains.clear_containers()
        network.remove_pod_links(commands)


def _new_plan(layout: Layout) -> Plan:
    """Choose addresses and ports. Keys of an older plan name other addresses, so they go."""
    shutil.rmtree(layout.pki.folder, ignore_errors=True)
    chosen = plan.choose(plan.parse_routes(Path("/proc/net/route").read_text()), listeners.is_free)
    plan.save(chosen, layout.plan)
    return chosen


class _Start:
    """The order in which the programs start and become ready."""

    def __init__(
        self, layout: Layout, chosen: Plan, programs: Programs, supervision: Supervision, steps: Steps
    ) -> None:
        self._layout = layout
        self._ports = chosen.ports
        self._plan = chosen
        self._lines = render(layout, chosen, programs)
        self._supervision = supervision
        self._steps = steps
        self._api = Api(chosen.server, layout.pki, "admin")

    def all(self) -> None:
        with self._steps.step("Starting the control plane", "start"):
            etcd = Api(f"https://127.0.0.1:{self._ports['etcd']}", self._layout.pki, "etcd-client")
            store = self._layout.content
            containers = Containers(self._layout.containerd_socket, store, self._steps.quiet("containers"))
            self._ensure("containerd", self._layout.containerd_socket.exists)
            self._ensure("etcd", lambda: etcd.answers("/health"))
            self._ensure("kube-apiserver", lambda: self._api.answers("/readyz"))
            self._import_pause(containers)
        with self._steps.step("Starting the node", "start"):
            for wanted in for_dns(self._plan):
                self._api.apply(wanted)
            # The last to be ready come first, and the node before kube-proxy, which waits for it.
            for name in ("kubelet", "kube-controller-manager", "kube-scheduler", "coredns", "kube-proxy"):
                self._supervision.ensure(name, self._lines[name])
            self._ensure("kubelet", self._node_is_ready)
            self._ensure("kube-proxy", lambda: answers(self._ports["kube-proxy-health"], "/livez"))
            self._ensure("coredns", lambda: answers(self._ports["coredns-ready"], "/ready"))

    def _ensure(self, name: str, ready: Callable[[], bool]) -> None:
        self._supervision.await_ready(self._supervision.ensure(name, self._lines[name]), ready)

    def _node_is_ready(self) -> bool:
        kubelet_answers = answers(self._ports["kubelet-health"], "/healthz")
        return kubelet_answers and is_ready(self._api.get(f"/api/v1/nodes/{NODE}"))

    def _import_pause(self, containers: Containers) -> None:
        if containers.digest_of(PAUSE_IMAGE) is None:
            containers.import_tar(pause.build(self._layout.places.cache / "images", self._steps.quiet("pause")))
            containers.pin(PAUSE_IMAGE)
