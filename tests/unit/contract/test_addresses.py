"""Which addresses are public: each entry of IANA's registries, and each way to write an address."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeshot_contract.addresses import is_local, is_public, parse_address

PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0"]
PUBLIC_V6 = ["2606:4700::1111", "2001:4860:4860::8888", "2a00::1", "2003::1", "2001:200::1", "3ffe::1"]

NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.0.1"),
    *("168.63.129.16", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.8"),
    *("192.0.0.9", "192.0.0.10", "192.0.0.170", "192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1"),
    *("192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
]
NOT_PUBLIC_V6 = [
    *("::", "::1", "::2", "::8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b:1::808:808", "100::1", "100:0:0:1::1", "2001::1"),
    *("2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1"),
    *("2001:1ff::1", "2001:db8::1", "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "3fff:fff::1", "4000::1"),
    *("5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2606:4700::1111%eth0", "fec0::1", "ff02::1"),
]


@pytest.mark.parametrize("text", [*PUBLIC, *PUBLIC_V6])
def test_a_public_address_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", [*NOT_PUBLIC, *NOT_PUBLIC_V6])
def test_a_special_address_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::ffff:a9fe:a9fe", "169.254.169.254"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("64:ff9b::a9fe:a9fe", "169.254.169.254"),
        ("64:ff9b::808:808", "8.8.8.8"),
        ("2002:a00:1::", "2002:a00:1::"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("10.0.0.1", "10.0.0.1"),
    ],
)
def test_an_address_inside_of_another_is_the_one_a_packet_would_go_to(text: str, meant: str) -> None:
    assert parse_address(text) == ip_address(meant)


@pytest.mark.parametrize(
    "text", ["example.com", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "", "::1]", "[::1]", "1.2.3.4 "]
)
def test_what_a_resolver_would_not_write_is_a_name(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "127.0.0.1", "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "224.0.0.1"),
        *("255.255.255.255", "::", "::1", "fe80::1", "fd00:ec2::254", "ff02::1", "fd12::1%eth0"),
    ],
)
def test_what_is_local_is_so_whoever_vouches_for_it(text: str) -> None:
    assert is_local(ip_address(text))


@given(st.ip_addresses(v=4))
def test_python_agrees_about_what_is_private(address: IPv4Address) -> None:
    assert not (is_public(address) and (address.is_private or address.is_multicast or address.is_reserved))


@given(st.ip_addresses(v=6))
def test_what_python_calls_private_is_not_public(address: IPv6Address) -> None:
    assert not (is_public(address) and (address.is_private or address.is_multicast or address.is_link_local))


@given(st.ip_addresses(v=4))
def test_an_address_is_public_in_all_its_spellings_or_in_none(address: IPv4Address) -> None:
    for text in (f"::ffff:{address}", str(IPv6Address(int(IPv6Address("64:ff9b::")) | int(address)))):
        assert (found := parse_address(text)) is not None
        assert is_public(found) == is_public(address)
