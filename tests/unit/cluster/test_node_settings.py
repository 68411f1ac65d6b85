"""The configuration of the node holds what was learnt to be needed."""

import dataclasses
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kubeshot_cluster.native import command_lines, host, node_settings, objects
from kubeshot_cluster.native.command_lines import Programs
from kubeshot_cluster.native.up import asks_proxy
from unit.cluster.fakes import HOST, LAYOUT, PLAN

CRI = "io.containerd.grpc.v1.cri"
PROGRAMS = Programs(Path("/bin/k8s"), Path("/usr/bin/containerd"))


def _containerd(may_raise_oom_score: bool) -> dict[str, Any]:
    return tomllib.loads(
        node_settings.containerd(LAYOUT, dataclasses.replace(HOST, may_raise_oom_score=may_raise_oom_score))
    )


@pytest.mark.parametrize(
    ("capable", "restricted"),
    [
        pytest.param(True, False, id="with the capability scores are the kubelet's"),
        pytest.param(False, True, id="without it no container would start"),
    ],
)
def test_containerd_restricts_scores_only_where_it_must(capable: bool, restricted: bool) -> None:
    assert _containerd(capable)["plugins"][CRI]["restrict_oom_score_adj"] is restricted


def test_containerd_touches_nothing_of_the_systems() -> None:
    config = _containerd(may_raise_oom_score=True)
    runtime = config["plugins"][CRI]["containerd"]["runtimes"]["runc"]["options"]
    places = [config["root"], config["state"], config["grpc"]["address"], runtime["Root"]]
    assert all(place.startswith(("/state/cluster/", "/run/kubeshot/")) for place in places)
    assert config["plugins"][CRI]["netns_mounts_under_state_dir"] is True


def test_pods_get_addresses_of_the_plan_behind_the_node() -> None:
    plugin = json.loads(node_settings.cni(LAYOUT, PLAN, HOST))["plugins"][0]
    assert plugin["type"] == "ptp"
    assert plugin["ipam"]["ranges"] == [[{"subnet": "10.217.0.0/22", "gateway": "10.217.0.1"}]]


def test_kubelet_runs_on_any_machine_and_keeps_images() -> None:
    kubelet = json.loads(node_settings.kubelet(LAYOUT, PLAN, HOST))
    expected = {
        "failCgroupV1": False,
        "failSwapOn": False,
        "cgroupDriver": "cgroupfs",
        "seccompDefault": True,
        "serializeImagePulls": False,
        "imageGCHighThresholdPercent": 100,
    }
    assert {key: kubelet[key] for key in expected} == expected
    assert kubelet["evictionHard"]["imagefs.available"] == "1Gi"
    assert kubelet["authentication"]["anonymous"] == {"enabled": False}


def test_kube_proxy_leaves_connection_tracking_alone() -> None:
    proxy = json.loads(node_settings.kube_proxy(LAYOUT, PLAN))
    assert proxy["mode"] == "nftables"
    assert proxy["conntrack"] == {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"}


@pytest.mark.parametrize(
    ("has_nameserver", "expected"),
    [
        pytest.param(True, True, id="a host with a resolver lends it"),
        pytest.param(False, False, id="without one CoreDNS would not start if told to forward"),
    ],
)
def test_outside_names_go_to_the_hosts_resolver(has_nameserver: bool, expected: bool) -> None:
    corefile = node_settings.coredns(LAYOUT, PLAN, dataclasses.replace(HOST, has_nameserver=has_nameserver))
    assert ("forward . /etc/resolv.conf" in corefile) is expected


def test_programs_start_in_an_order_in_which_each_finds_what_it_needs() -> None:
    names = list(command_lines.render(LAYOUT, PLAN, PROGRAMS))
    assert names[:3] == ["etcd", "containerd", "kube-apiserver"]
    assert names[-1] == "kubelet"


def test_nothing_listens_for_the_outside() -> None:
    lines = command_lines.render(LAYOUT, PLAN, PROGRAMS)
    bound = [word for line in lines.values() for word in line if "bind-address" in word or "listen" in word]
    assert len(bound) == 5
    assert all("127.0.0.1" in word or PLAN.node_ip in word for word in bound)


def test_every_file_a_command_names_is_in_the_clusters_folders() -> None:
    lines = command_lines.render(LAYOUT, PLAN, PROGRAMS)
    paths = [word.partition("=")[2] or word for line in lines.values() for word in line[1:]]
    absolute = [path for path in paths if path.startswith("/")]
    assert len(absolute) > 20
    assert all(path.startswith("/state/cluster/") for path in absolute)


def test_the_dns_service_leads_to_the_process_on_the_node() -> None:
    service, endpoints, *_ = objects.for_dns(PLAN)
    assert service.body["spec"]["clusterIP"] == PLAN.dns_service_ip
    assert endpoints.body["endpoints"][0]["addresses"] == [PLAN.node_ip]
    assert {port["port"] for port in endpoints.body["ports"]} == {10053}
    assert [port["name"] for port in service.body["spec"]["ports"]] == [
        port["name"] for port in endpoints.body["ports"]
    ]


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        pytest.param("000001ffffffffff", True, id="all capabilities"),
        pytest.param("000001fffeffffff", False, id="all but this one"),
        pytest.param("", False, id="a file without the line"),
    ],
)
def test_reads_the_capability(mask: str, expected: bool) -> None:
    assert host.has_capability(f"CapPrm:\t{mask}\nCapEff:\t{mask}\nCapBnd:\t{mask}\n", 24) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/data/state", "native", id="below a mounted overlay: plain copies"),
        pytest.param("/database", "overlayfs", id="a folder of a like name is on the root"),
    ],
)
def test_stacks_no_overlay_on_an_overlay(path: str, expected: str) -> None:
    mountinfo = "1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / /data rw - overlay overlay rw\n"
    assert host.snapshotter_for(host.file_system_of(Path(path), mountinfo)) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({}, False, id="no proxy"),
        pytest.param({"HTTPS_PROXY": "http://p"}, True, id="a proxy for everything"),
        pytest.param({"https_proxy": "http://p", "no_proxy": "localhost, 10.0.0.0/8"}, False, id="private ones exempt"),
        pytest.param({"HTTPS_PROXY": "http://p", "NO_PROXY": ".example.org,192.168.0.0/16"}, True, id="others exempt"),
        pytest.param({"HTTPS_PROXY": "http://p", "NO_PROXY": "*"}, False, id="all exempt"),
    ],
)
def test_sees_a_proxy_in_the_way(environment: dict[str, str], expected: bool) -> None:
    assert asks_proxy(environment, PLAN.node_ip) is expected


def test_finds_the_device_to_the_world() -> None:
    routes = "Iface Destination\neth0 000200C0 0 1 0 0 0 00FFFFFF\nwlan0 00000000 1 3 0 0 0 00000000\n"
    assert host.default_device(routes) == "wlan0"
