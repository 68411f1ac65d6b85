"""The wall behind the guard: which connections the policies let come about, by a table of them."""

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubeshot_operator.api import crd
from kubeshot_operator.decide.network_policy import (
    Surroundings,
    build_network_policy,
    hosts_to_resolve,
    namespaces_of,
)
from unit.operator.builders import make_class
from unit.operator.flows import End, may_connect, pod

OPERATORS_OWN = Path(__file__).parents[3] / "manifests" / "base" / "network-policy.yaml"
OPERATOR_LABELS = {"app.kubernetes.io/name": "kubeshot-operator"}
SURROUNDINGS = Surroundings("kubeshot-system", 8444)
CAPTURE_LABELS = {crd.MANAGED_BY_LABEL: crd.MANAGED_BY, crd.CLASS_LABEL: "default"}

CAPTURE = End("10.244.0.7", "team", CAPTURE_LABELS, {"kubernetes.io/metadata.name": "team"})
OTHER_CAPTURE = End("10.244.0.8", "team", CAPTURE_LABELS, {"kubernetes.io/metadata.name": "team"})
OPERATOR = End("10.244.0.2", "kubeshot-system", OPERATOR_LABELS, {"kubernetes.io/metadata.name": "kubeshot-system"})
NEIGHBOUR = pod("10.244.0.9", "team", app="shop")
STRANGER = pod("10.244.0.10", "other", app="shop")
MINIO = pod("10.244.0.11", "storage", app="minio")
PREVIEW = pod("10.244.0.12", "previews", app="site")
DNS = pod("10.244.0.3", "kube-system", k8s_app="kube-dns")
PUBLIC, PUBLIC_V6 = End("93.184.216.34"), End("2606:4700::1111")
NODE, API_SERVER, METADATA = End("192.168.1.10"), End("10.96.0.1"), End("169.254.169.254")


def policy(addresses: tuple[str, ...] = (), **egress: Any) -> dict[str, Any]:
    capture_class = make_class(egress=egress)
    return build_network_policy("team", capture_class, SURROUNDINGS, [ip_address(text) for text in addresses])


@pytest.mark.parametrize(
    ("source", "target", "port", "protocol", "allowed"),
    [
        pytest.param(CAPTURE, PUBLIC, 443, "TCP", True, id="a public page"),
        pytest.param(CAPTURE, PUBLIC_V6, 443, "TCP", True, id="a public page by IPv6"),
        pytest.param(CAPTURE, DNS, 53, "UDP", True, id="the resolver"),
        pytest.param(CAPTURE, DNS, 53, "TCP", True, id="the resolver by TCP"),
        pytest.param(CAPTURE, End("169.254.20.10"), 53, "UDP", True, id="the node's resolver"),
        pytest.param(CAPTURE, DNS, 9153, "TCP", False, id="what else the resolver says"),
        pytest.param(CAPTURE, End("169.254.20.10"), 80, "TCP", False, id="what else is at the node's resolver"),
        pytest.param(CAPTURE, OPERATOR, 8444, "TCP", True, id="the dispatch service"),
        pytest.param(CAPTURE, OPERATOR, 8080, "TCP", False, id="what else the operator says"),
        pytest.param(CAPTURE, MINIO, 9000, "TCP", True, id="the bucket"),
        pytest.param(CAPTURE, NEIGHBOUR, 80, "TCP", False, id="a pod of the namespace"),
        pytest.param(CAPTURE, STRANGER, 80, "TCP", False, id="a pod of another namespace"),
        pytest.param(CAPTURE, OTHER_CAPTURE, 9222, "TCP", False, id="another capture"),
        pytest.param(CAPTURE, API_SERVER, 443, "TCP", False, id="the API server"),
        pytest.param(CAPTURE, NODE, 10250, "TCP", False, id="the kubelet"),
        pytest.param(CAPTURE, METADATA, 80, "TCP", False, id="the metadata service"),
        pytest.param(CAPTURE, End("168.63.129.16"), 80, "TCP", False, id="a cloud's host agent"),
        pytest.param(CAPTURE, End("fd00:ec2::254"), 80, "TCP", False, id="the metadata service by IPv6"),
        pytest.param(CAPTURE, End("2002:a00:1::"), 80, "TCP", False, id="6to4"),
        pytest.param(NEIGHBOUR, CAPTURE, 9222, "TCP", False, id="in from the namespace"),
        pytest.param(OPERATOR, CAPTURE, 8080, "TCP", False, id="in from the operator"),
        pytest.param(NEIGHBOUR, STRANGER, 80, "TCP", True, id="what is not ours is left alone"),
    ],
)
def test_a_capture_reaches_names_and_public_addresses(
    source: End, target: End, port: int, protocol: str, allowed: bool
) -> None:
    assert may_connect([policy()], source, target, port, protocol) is allowed


@pytest.mark.parametrize(
    ("egress", "addresses", "target", "allowed"),
    [
        pytest.param({"allowPrivate": {"cidrs": ["192.168.1.0/24"]}}, (), NODE, True, id="a network"),
        pytest.param({"allowPrivate": {"cidrs": ["192.168.2.0/24"]}}, (), NODE, False, id="another network"),
        pytest.param({"allowPrivate": {"hosts": ["site.previews.svc"]}}, (), PREVIEW, True, id="a Service"),
        pytest.param(
            {"allowPrivate": {"hosts": ["*.previews.svc"]}}, (), PREVIEW, True, id="all Services of a namespace"
        ),
        pytest.param({"allowPrivate": {"hosts": ["site.corp.previews"]}}, (), PREVIEW, False, id="what is no Service"),
        pytest.param(
            {"allowPrivate": {"hosts": ["node.corp"]}}, ("192.168.1.10",), NODE, True, id="a name that was resolved"
        ),
        pytest.param({"allowPrivate": {"hosts": ["node.corp"]}}, ("192.168.1.11",), NODE, False, id="another address"),
    ],
)
def test_what_a_class_allows_passes_the_wall_too(
    egress: dict[str, Any], addresses: tuple[str, ...], target: End, allowed: bool
) -> None:
    assert may_connect([policy(addresses, **egress)], CAPTURE, target, 80) is allowed


def test_policies_of_two_classes_add_nothing_to_each_other() -> None:
    other = make_class(name="open", egress={"allowPrivate": {"cidrs": ["0.0.0.0/0"]}})
    both = [policy(), build_network_policy("team", other, SURROUNDINGS, [])]
    assert not may_connect(both, CAPTURE, NODE, 80)


def test_the_policy_goes_with_its_class() -> None:
    [owner] = policy()["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"]) == ("CaptureClass", "default")


def test_names_to_resolve_are_those_that_stand_for_one_host() -> None:
    capture_class = make_class(egress={"allowPrivate": {"hosts": ["*.a.svc", "b.c.svc", "d.corp"]}})
    assert hosts_to_resolve(capture_class) == ("minio.storage", "b.c.svc", "d.corp")
    assert namespaces_of(capture_class) == {"storage", "a", "c", "corp"}


@pytest.mark.parametrize(
    ("source", "port", "allowed"),
    [
        pytest.param(CAPTURE, 8444, True, id="a capture reports"),
        pytest.param(CAPTURE, 8443, False, id="a capture and any other port"),
        pytest.param(NEIGHBOUR, 8444, False, id="whoever is no capture"),
        pytest.param(PUBLIC, 8444, False, id="from outside"),
        pytest.param(STRANGER, 8080, True, id="a Prometheus, wherever it is"),
    ],
)
def test_the_operator_is_spoken_to_by_captures(source: End, port: int, allowed: bool) -> None:
    policies = [policy(), *yaml.safe_load_all(OPERATORS_OWN.read_text())]
    assert may_connect(policies, source, OPERATOR, port) is allowed


def test_what_the_operators_own_policy_selects_are_its_pods() -> None:
    [own] = yaml.safe_load_all(OPERATORS_OWN.read_text())
    [deployment] = yaml.safe_load_all((OPERATORS_OWN.parent / "operator.yaml").read_text())
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert own["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert OPERATOR_LABELS.items() <= labels.items()
