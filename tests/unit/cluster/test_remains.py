"""What a killed run leaves is told apart from what is others'."""

import os
from pathlib import Path

import pytest

from kubeshot_cluster.native import cgroups, network, outside
from kubeshot_cluster.native.remains import is_daemon, is_shim, mounts_below
from unit.cluster.fakes import LAYOUT, FakeCommands

SHIM = "/usr/bin/containerd-shim-runc-v2"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([SHIM, "-namespace", "k8s.io", "-address", "/run/kubeshot/containerd.sock"], True, id="ours"),
        pytest.param([SHIM, "-address", "/run/containerd/containerd.sock"], False, id="the system's"),
        pytest.param(["less", "-address", "/run/kubeshot/containerd.sock"], False, id="another program"),
        pytest.param([], False, id="a kernel thread"),
    ],
)
def test_knows_its_shims(arguments: list[str], expected: bool) -> None:
    assert is_shim(arguments, "/run/kubeshot/containerd.sock") is expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["/cache/bin/x/kubelet", "--config=/state/cluster/settings/kubelet.json"], True, id="ours"),
        pytest.param(["/usr/bin/kubelet", "--config=/var/lib/kubelet/config.yaml"], False, id="another cluster's"),
        pytest.param(["tail", "-f", "/state/cluster/logs/kubelet.log"], False, id="someone who reads the log"),
        pytest.param(["kubelet", "--config=/state/cluster2/kubelet.json"], False, id="a folder of a like name"),
    ],
)
def test_knows_its_programs(arguments: list[str], expected: bool) -> None:
    assert is_daemon(arguments, "/state/cluster") is expected


def test_finds_mounts_below_its_folders_the_last_first() -> None:
    mountinfo = "\n".join(
        f"1 1 0:1 / {point} rw - tmpfs tmpfs rw"
        for point in ("/", "/run/kubeshot/a", "/run/kubeshotty", r"/run/kubeshot/a/with\040space", "/home")
    )
    expected = [Path("/run/kubeshot/a/with space"), Path("/run/kubeshot/a")]
    assert mounts_below(mountinfo, [Path("/run/kubeshot")]) == expected


def test_picks_only_its_own_tables() -> None:
    listing = "table ip filter\ntable ip kubeshot\ntable ip kube-proxy\ntable ip6 kube-proxy\ntable inet docker\n"
    assert network.our_tables(listing) == [("ip", "kubeshot"), ("ip", "kube-proxy"), ("ip6", "kube-proxy")]


def test_picks_the_links_that_carry_the_nodes_address() -> None:
    addresses = """[
        {"ifname": "lo", "addr_info": [{"local": "127.0.0.1"}, {"local": "fe80::1"}]},
        {"ifname": "kubeshot0", "addr_info": [{"local": "10.217.0.1"}, {"local": "fe80::1"}]},
        {"ifname": "veth1", "addr_info": [{"local": "10.217.0.1"}]},
        {"ifname": "veth2", "addr_info": [{"local": "172.17.0.1"}]}]"""
    assert network.pod_links(addresses) == ["veth1"]


def test_a_machine_without_the_cluster_has_nothing_to_tear_down() -> None:
    commands = FakeCommands(failing=["ip link show"], answers={"ip -json": "[]", "nft list": "table ip filter\n"})
    network.tear_down(commands)
    assert commands.asked == ["ip -json address", "ip link show kubeshot0", "nft list tables"]


def test_finds_log_links_that_lead_to_its_pods(tmp_path: Path) -> None:
    (tmp_path / "ours").symlink_to(LAYOUT.pod_logs / "default_a" / "0.log")
    (tmp_path / "others").symlink_to("/var/log/pods/default_a/0.log")
    (tmp_path / "file").touch()
    assert outside.log_links(tmp_path, LAYOUT.pod_logs) == [tmp_path / "ours"]


def test_removes_the_results_of_its_own_containers_networks(tmp_path: Path) -> None:
    for name in ("kubeshot-1a-eth0", "cni-loopback-1a-lo", "cni-loopback-2b-lo", "other-2b-eth0"):
        (tmp_path / name).touch()
    assert {file.name for file in outside.network_results(tmp_path)} == {"kubeshot-1a-eth0", "cni-loopback-1a-lo"}


def test_prunes_empty_folders_and_keeps_what_holds_files(tmp_path: Path) -> None:
    (tmp_path / "top" / "empty" / "deeper").mkdir(parents=True)
    (tmp_path / "top" / "full").mkdir()
    (tmp_path / "top" / "full" / "file").touch()
    outside.prune(tmp_path / "top")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "top"]


def test_remembers_only_once_which_folders_were_absent(tmp_path: Path) -> None:
    kept = tmp_path / "outside.json"
    outside.remember(kept, [tmp_path / "absent", tmp_path])
    (tmp_path / "absent").mkdir()
    outside.remember(kept, [tmp_path / "absent", tmp_path])
    assert kept.read_text() == f'["{tmp_path}/absent"]'


@pytest.fixture
def hierarchies(tmp_path: Path) -> Path:
    """A control group file system of version 1 with two controllers, as plain folders."""
    for controller in ("memory", "cpuset"):
        (tmp_path / controller / "kubeshot" / "kubepods" / "pod1").mkdir(parents=True)
    (tmp_path / "cpu").symlink_to(tmp_path / "memory")
    return tmp_path


def test_finds_processes_of_pods_in_every_hierarchy(hierarchies: Path) -> None:
    (hierarchies / "memory" / "cgroup.procs").write_text("1\n")
    (hierarchies / "memory" / "kubeshot" / "kubepods" / "pod1" / "cgroup.procs").write_text(f"{os.getpid()}\n")
    (hierarchies / "cpuset" / "kubeshot" / "cgroup.procs").write_text("7\n")
    assert cgroups.processes(hierarchies) == {os.getpid(), 7}


def test_removes_the_group_with_all_below(hierarchies: Path) -> None:
    cgroups.remove(hierarchies)
    assert sorted(path.name for path in hierarchies.rglob("*")) == ["cpu", "cpuset", "memory"]
