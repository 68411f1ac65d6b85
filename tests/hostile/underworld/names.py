"""A resolver that lies: names below `hostile.test` lead where the suite wants them to, the others to the cluster's."""

import socket
import struct
import threading
from collections import Counter

DOMAIN = "hostile.test"
_TYPE_A = 1
_HEAD = struct.Struct("!6H")
_ANSWER = struct.Struct("!HHHLH")
_POINTER_TO_QUESTION = 0xC00C
_RESPONSE_AUTHORITATIVE = 0x8580
_MOST = 4096


class Names:
    """What a name leads to is in its first label.

    `rebind…` leads to the public address when it is asked for the first time, and to the forbidden one from then on;
    `both…` to both at once, `private…` to the forbidden one, and all others to the public one.
    """

    def __init__(self, address: str, upstream: socket.socket, public: str, forbidden: str) -> None:
        self._upstream = upstream
        self._public, self._forbidden = socket.inet_aton(public), socket.inet_aton(forbidden)
        self._asked: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        self._waiting: dict[int, tuple[str, int]] = {}

    def start(self) -> None:
        """Answer from now on."""
        threading.Thread(target=self._answer, daemon=True).start()
        threading.Thread(target=self._pass_back, daemon=True).start()

    def clear(self) -> None:
        """Forget who asked; a name that was rebound is as new."""
        self._asked = Counter()

    def report(self) -> dict[str, int]:
        """Return how often each name of the suite's was asked for."""
        return dict(self._asked)

    def _answer(self) -> None:
        while True:
            question, asker = self._socket.recvfrom(_MOST)
            name, kind = _read(question)
            if name.endswith(f".{DOMAIN}"):
                self._socket.sendto(self._lie(question, name, kind), asker)
            else:
                self._waiting[_identity(question)] = asker
                self._upstream.send(question)

    def _pass_back(self) -> None:
        while True:
            answer = self._upstream.recv(_MOST)
            if (asker := self._waiting.pop(_identity(answer), None)) is not None:
                self._socket.sendto(answer, asker)

    def _lie(self, question: bytes, name: str, kind: int) -> bytes:
        addresses = self._addresses(name) if kind == _TYPE_A else []
        end = _end_of_question(question)
        head = _HEAD.pack(_identity(question), _RESPONSE_AUTHORITATIVE, 1, len(addresses), 0, 0)
        # Nobody is to remember it.
        records = [_ANSWER.pack(_POINTER_TO_QUESTION, _TYPE_A, 1, 0, 4) + address for address in addresses]
        return head + question[_HEAD.size : end] + b"".join(records)

    def _addresses(self, name: str) -> list[bytes]:
        self._asked[name] += 1
        if name.startswith("rebind"):
            return [self._public if self._asked[name] == 1 else self._forbidden]
        if name.startswith("both"):
            return [self._forbidden, self._public]
        return [self._forbidden if name.startswith("private") else self._public]


def _identity(message: bytes) -> int:
    return int.from_bytes(message[:2], "big")


def _read(question: bytes) -> tuple[str, int]:
    labels, place = [], _HEAD.size
    while length := question[place]:
        labels.append(question[place + 1 : place + 1 + length].decode("ascii", "replace").lower())
        place += 1 + length
    return ".".join(labels), int.from_bytes(question[place + 1 : place + 3], "big")


def _end_of_question(question: bytes) -> int:
    return question.index(b"\0", _HEAD.size) + 5
