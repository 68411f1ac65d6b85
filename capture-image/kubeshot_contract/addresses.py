"""Which addresses belong to the public internet. Addresses are judged, never the texts that lead to them.

Source: the IANA registries of special-purpose addresses (IPv4 and IPv6, RFC 6890) and of the IPv6 address space. All of
their entries are refused, those that are reachable as well: none of them has pages. Python's `is_global` is of another
mind about a dozen of them, and of another one in each patch release.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by carriers' customers; 100.100.100.200 is a cloud's metadata
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud's host agent, in no registry
            "169.254.0.0/16",  # link-local; 169.254.169.254 is most clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is a cloud's metadata
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays, deprecated
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
UNICAST_V6 = IPv6Network("2000::/3")
SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID and others
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which leads to any IPv4 address
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")

# No name may lead here, whoever vouches for it: only a network that a class writes down.
_LOCAL = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "100.100.100.200/32", "192.0.0.192/32"),
            *("224.0.0.0/4", "240.0.0.0/4", "::/127", "fe80::/10", "ff00::/8", "fd00:ec2::254/128"),
        ),
    )
)


def parse_address(text: str) -> Address | None:
    """Return the address that a resolver or a URL wrote, as the one that a packet would go to; `None` for a name.

    IPv4 inside of IPv6, mapped or for a NAT64 translator, is that IPv4 address.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address if isinstance(address, IPv4Address) else _unwrapped(address)


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet."""
    if isinstance(address, IPv4Address):
        return not is_in(address, SPECIAL_V4)
    return address.scope_id is None and address in UNICAST_V6 and not is_in(address, SPECIAL_V6)


def is_local(address: Address) -> bool:
    """Say whether an address is of this machine or link, a cloud's metadata, or of many machines."""
    return (isinstance(address, IPv6Address) and address.scope_id is not None) or is_in(address, _LOCAL)


def is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    """Say whether an address is in one of these networks; one of another version never is."""
    return any(address in network for network in networks)


def _unwrapped(address: IPv6Address) -> Address:
    if address.scope_id is not None:
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else address
