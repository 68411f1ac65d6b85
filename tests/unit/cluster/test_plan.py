"""Addresses and ports that are in nobody's way."""

from collections.abc import Collection
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from kubeshot_cluster.native import plan
from kubeshot_cluster.problems import ClusterError
from unit.cluster.fakes import PLAN, always, never

# A default route, a /24 on eth0 and Docker's 172.17.0.0/16, as the kernel prints them.
ROUTES = """Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0
eth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0 0 0
docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0
"""


def test_reads_routes_but_not_the_default() -> None:
    assert plan.parse_routes(ROUTES) == [IPv4Network("192.0.2.0/24"), IPv4Network("172.17.0.0/16")]


@pytest.mark.parametrize(
    ("taken", "node_ip"),
    [
        pytest.param([], "10.217.0.1", id="the first block when none is taken"),
        pytest.param(["10.217.9.0/24"], "10.218.0.1", id="the next when a route goes into the first"),
        pytest.param(["10.208.0.0/12"], "10.224.0.1", id="past a large network"),
    ],
)
def test_takes_a_block_that_no_route_touches(taken: Collection[str], node_ip: str) -> None:
    chosen = plan.choose([IPv4Network(network) for network in taken], always)
    assert chosen.node_ip == node_ip


def test_says_so_when_every_block_is_taken() -> None:
    with pytest.raises(ClusterError, match="free one /16"):
        plan.choose([IPv4Network("10.0.0.0/8")], always)


def test_pods_and_services_share_a_block_without_overlap() -> None:
    chosen = plan.choose([], always)
    assert chosen == PLAN
    assert not IPv4Network(chosen.pod_range).overlaps(IPv4Network(chosen.service_range))


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        pytest.param(set(), {"a": 10, "b": 11}, id="the preferred ones when free"),
        pytest.param({10}, {"a": 12, "b": 11}, id="the next free one that is nobody's preference"),
        pytest.param({10, 12, 11}, {"a": 13, "b": 14}, id="never the same twice"),
    ],
)
def test_takes_ports(busy: set[int], expected: dict[str, int]) -> None:
    assert plan.choose_ports({"a": 10, "b": 11}, lambda port: port not in busy) == expected


def test_names_the_program_that_finds_no_port() -> None:
    with pytest.raises(ClusterError, match="free for etcd"):
        plan.choose_ports({"etcd": 2379}, never)


def test_a_kept_plan_is_found_again(tmp_path: Path) -> None:
    plan.save(PLAN, tmp_path / "plan.json")
    assert plan.load(tmp_path / "plan.json") == PLAN


@pytest.mark.parametrize("text", ["", "{}", '{"node_ip": "10.0.0.1"}', "[1]"], ids=["empty", "bare", "older", "alien"])
def test_a_plan_of_another_version_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    assert plan.load(tmp_path / "plan.json") is None
