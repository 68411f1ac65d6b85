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
    """Packets to forbidden addresses, and to such as are nowhere: neither forbidden nor among those that are known."""

    def __init__(self, forbidden: Iterable[str], known: Iterable[str]) -> None:
        self._forbidden = {ip_address(text) for text in forbidden}
        self._known = [ip_network(text) for text in known]
        self._counts: Counter[str] = Counter()
        self._elsewhere: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERYTHING))
        # A burst of thousands fits.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)

    def start(self) -> None:
        """Count from now on."""
        threading.Thread(target=self._count, daemon=True).start()

    def clear(self) -> None:
        """Forget what was counted."""
        self._counts, self._elsewhere = Counter(), Counter()

    def report(self) -> dict[str, dict[str, int]]:
        """Return how many packets went where."""
        return {"forbidden": dict(self._counts), "elsewhere": dict(self._elsewhere)}

    def _count(self) -> None:
        while True:
            packet, (_, protocol, kind, *_) = self._socket.recvfrom(256)
            if kind != _OUTGOING or protocol not in (_IPV4, _IPV6):
                continue
            target, where = _target(protocol, packet)
            if target in self._forbidden:
                self._counts[where] += 1
            elif not target.is_multicast and not any(target in network for network in self._known):
                self._elsewhere[where] += 1


def _target(protocol: int, packet: bytes) -> tuple[Address, str]:
    """Return where a packet goes, also as `address protocol/port`."""
    if protocol == _IPV4:
        target: Address = IPv4Address(packet[16:20])
        transport, head = packet[9], (packet[0] & 0x0F) * 4
    else:
        target, transport, head = IPv6Address(packet[24:40]), packet[6], 40
    port = int.from_bytes(packet[head + 2 : head + 4], "big") if transport in _TCP_OR_UDP else 0
    return target, f"{target} {transport}/{port}"
