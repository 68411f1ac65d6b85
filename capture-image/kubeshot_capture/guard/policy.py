"""What a class lets its captures reach, as a pure function of names and addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network

from kubeshot_contract.addresses import Address, Network, is_in, is_local, is_public, parse_address
from kubeshot_contract.egress import Egress

# What clouds call their metadata services. They are refused by address too, where this machine resolves them.
_METADATA_HOSTS = frozenset({"metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal"})


@dataclass(frozen=True, slots=True)
class Denied:
    """Why something may not be reached, as the end of a sentence that begins with its name."""

    why: str


class Policy:
    """Judges by name what may be asked for, and by address what may be connected to."""

    def __init__(self, egress: Egress) -> None:
        """Take what a class allows."""
        self._egress = egress
        self._private: tuple[Network, ...] = tuple(ip_network(text) for text in egress.private_cidrs)

    def denies_name(self, host: str) -> Denied | None:
        """Say why a host may not be asked for, whatever its address; `None` if it may."""
        name = host.rstrip(".").lower()
        if _matches(name, self._egress.denied_hosts):
            return Denied("is among the class's egress.deniedHosts")
        if self._egress.allowed_hosts and not _matches(name, self._egress.allowed_hosts):
            return Denied("is not among the class's egress.allowedHosts")
        if name in _METADATA_HOSTS and not _matches(name, self._egress.private_hosts):
            return Denied("is the name of a metadata service")
        return None

    def denies_address(self, host: str, address: Address) -> Denied | None:
        """Say why an address may not be connected to that a host has; `None` if it may."""
        if is_public(address) or is_in(address, self._private):
            return None
        if is_local(address):
            return Denied(f"leads to {address}, which is local or a metadata service")
        if _matches(host.rstrip(".").lower(), self._egress.private_hosts):
            return None
        return Denied(f"leads to {address}, which is not public: a class may allow it by egress.allowPrivate")

    def allowed(self, host: str, addresses: Iterable[Address]) -> list[Address]:
        """Return those of a host's addresses that may be connected to, in their order."""
        return [address for address in addresses if self.denies_address(host, address) is None]


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a pattern covers a name: the same name, or with `*.` in front any name below."""
    return any(_covers(pattern.rstrip(".").lower(), name) for pattern in patterns)


def _covers(pattern: str, name: str) -> bool:
    if pattern.startswith("*."):
        return parse_address(name) is None and name.endswith(pattern[1:])
    return name == pattern
