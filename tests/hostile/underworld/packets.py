"""Counts what leaves a network namespace's processes, by where it goes."""

import socket
import threading
from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_EVERYTHING = 0x0003
_IPV4, _IPV6 = 0x0800, 0x86DD
_OUTGOING = 4
_TCP_OR_UDP = (6, 17)


class Packets:
    """Packets to forbidden addresses, into the cluster, and elsewhere: to none of these, nor to what is known."""

    def __init__(self, forbidden: Iterable[str], inside: Iterable[str], known: Iterable[str]) -> None:
        self._forbidden = {ip_address(text) for text in forbidden}
        self._inside = [ip_network(text) for text in inside]
        self._known = [ip_network(text) for text in known]
        self.clear()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERYTHING))
        # A burst of thousands fits.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)

    def start(self) -> None:
        """Count from now on."""
        threading.Thread(target=self._count, daemon=True).start()

    def clear(self) -> None:
        """Forget what was counted."""
        self._counts: dict[str, Counter[str]] = {kind: Counter() for kind in ("forbidden", "inside", "elsewhere")}

    def report(self) -> dict[str, dict[str, int]]:
        """Return how many packets went where."""
        return {kind: dict(counts) for kind, counts in self._counts.items()}

    def _count(self) -> None:
        while True:
            packet, (_, protocol, way, *_) = self._socket.recvfrom(256)
            if way != _OUTGOING or protocol not in (_IPV4, _IPV6):
                continue
            target, where = _target(protocol, packet)
            if (kind := self._kind(target)) is not None:
                self._counts[kind][where] += 1

    def _kind(self, target: Address) -> str | None:
        if target in self._forbidden:
            return "forbidden"
        if any(target in network for network in self._known):
            return None
        if any(target in network for network in self._inside):
            return "inside"
        return None if target.is_multicast else "elsewhere"


def _target(protocol: int, packet: bytes) -> tuple[Address, str]:
    """Return where a packet goes, also as `address protocol/port`."""
    if protocol == _IPV4:
        target: Address = IPv4Address(packet[16:20])
        transport, head = packet[9], (packet[0] & 0x0F) * 4
    else:
        target, transport, head = IPv6Address(packet[24:40]), packet[6], 40
    port = int.from_bytes(packet[head + 2 : head + 4], "big") if transport in _TCP_OR_UDP else 0
    return target, f"{target} {transport}/{port}"
