"""What a class lets its captures reach."""

from ipaddress import ip_address

import pytest

from kubeshot_capture.guard.policy import Policy
from kubeshot_contract.egress import Egress

PUBLIC, PRIVATE, METADATA, LOOPBACK = map(ip_address, ("8.8.8.8", "10.1.2.3", "169.254.169.254", "127.0.0.1"))


def why_name(host: str, **egress: tuple[str, ...]) -> str:
    """Return why a host may not be asked for, empty when it may."""
    denied = Policy(Egress(**egress)).denies_name(host)  # type: ignore[arg-type]
    return denied.why if denied else ""


@pytest.mark.parametrize("host", ["example.com", "EXAMPLE.com.", "8.8.8.8", "10.0.0.1", "internal"])
def test_by_default_a_name_says_nothing(host: str) -> None:
    assert why_name(host) == ""


@pytest.mark.parametrize(
    ("pattern", "covered", "others"),
    [
        ("example.com", ["example.com", "Example.COM", "example.com."], ["www.example.com", "anexample.com", "com"]),
        (
            "*.example.com",
            ["a.example.com", "a.b.EXAMPLE.com"],
            ["example.com", "anexample.com", "example.com.evil.org"],
        ),
        ("10.0.0.1", ["10.0.0.1"], ["110.0.0.1", "10.0.0.1.example.com"]),
        ("*.0.0.1", [], ["10.0.0.1", "127.0.0.1"]),
    ],
    ids=["a name", "all below a name", "an address", "no pattern covers addresses"],
)
def test_a_pattern_covers_a_name_or_all_below_it(pattern: str, covered: list[str], others: list[str]) -> None:
    for host in covered:
        assert "deniedHosts" in why_name(host, denied_hosts=(pattern,))
        assert why_name(host, allowed_hosts=(pattern,)) == ""
    for host in others:
        assert why_name(host, denied_hosts=(pattern,)) == ""
        assert "allowedHosts" in why_name(host, allowed_hosts=(pattern,))


def test_what_is_denied_is_not_allowed_by_another_list() -> None:
    assert "deniedHosts" in why_name("a.b", denied_hosts=("a.b",), allowed_hosts=("a.b",), private_hosts=("a.b",))


@pytest.mark.parametrize("host", ["metadata.google.internal", "METADATA.google.internal.", "metadata", "instance-data"])
def test_a_metadata_service_is_not_asked_for_by_name(host: str) -> None:
    assert "metadata" in why_name(host)
    assert why_name(host, private_hosts=(host.rstrip(".").lower(),)) == ""


@pytest.mark.parametrize(
    ("egress", "allowed"),
    [
        (Egress(), [PUBLIC]),
        (Egress(private_cidrs=("10.0.0.0/8",)), [PUBLIC, PRIVATE]),
        (Egress(private_cidrs=("10.9.0.0/16",)), [PUBLIC]),
        (Egress(private_cidrs=("fd00::/8",)), [PUBLIC]),
        (Egress(private_hosts=("shop.test",)), [PUBLIC, PRIVATE]),
        (Egress(private_hosts=("*.test",)), [PUBLIC, PRIVATE]),
        (Egress(private_hosts=("test",)), [PUBLIC]),
        (Egress(private_cidrs=("127.0.0.0/8", "169.254.169.254/32")), [PUBLIC, METADATA, LOOPBACK]),
        (Egress(private_cidrs=("0.0.0.0/0",)), [PUBLIC, PRIVATE, METADATA, LOOPBACK]),
    ],
    ids=[
        *("by default", "a network", "another network", "a network of IPv6", "a name", "names below", "another name"),
        *("local networks by name", "all"),
    ],
)
def test_a_class_allows_what_it_says(egress: Egress, allowed: list[object]) -> None:
    addresses = [PUBLIC, PRIVATE, METADATA, LOOPBACK]
    assert Policy(egress).allowed("shop.test", addresses) == allowed


@pytest.mark.parametrize(("address", "words"), [(PRIVATE, "not public"), (METADATA, "metadata"), (LOOPBACK, "local")])
def test_a_denial_says_why(address: object, words: str) -> None:
    denied = Policy(Egress()).denies_address("shop.test", address)  # type: ignore[arg-type]
    assert denied is not None
    assert words in denied.why
