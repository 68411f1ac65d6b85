"""A line to the operator's dispatch service, which has an address for each operator; one of them leads, and answers."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field

from kubeshot_contract.dispatch import (
    AUTHORIZATION_HEADER,
    AUTHORIZATION_SCHEME,
    DISPATCH_VARIABLE,
    MAX_ANSWER_BYTES,
    TOKEN_VARIABLE,
)

CONNECT_SECONDS = 2.0
NOT_THE_LEADER = 421


class UnansweredError(Exception):
    """No address of the service gave an answer: asking again may help."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where the service is, and the token it knows this pod by."""

    host: str
    port: int
    token: str = field(repr=False)


def take_access(environment: MutableMapping[str, str]) -> Access | None:
    """Take the access out of these variables, so that no child finds it there; `None` where it is not all there."""
    token, service = environment.pop(TOKEN_VARIABLE, ""), environment.pop(DISPATCH_VARIABLE, "")
    host, _, port = service.rpartition(":")
    return Access(host.strip("[]"), int(port), token) if token and host and port.isdecimal() else None


LookUp = Callable[[str, int], list[str]]
"""Returns the addresses of a host, for this port; none when it has none or nobody knows."""


def addresses(host: str, port: int) -> list[str]:
    """Return a host's addresses as the system's resolver has them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the leader said."""

    status: int
    text: str


class DispatchLine:
    """One connection, kept from one question to the next. Everything here blocks; one thread at a time may ask."""

    def __init__(self, access: Access, look_up: LookUp = addresses) -> None:
        """Take the access; nothing is connected yet."""
        self._host, self._port = access.host, access.port
        self._look_up = look_up
        self._headers = {
            AUTHORIZATION_HEADER: AUTHORIZATION_SCHEME + access.token,
            "Content-Type": "application/json",
        }
        self._connection: http.client.HTTPConnection | None = None
        self._cut = False

    def ask(self, path: str, body: str, seconds: float) -> Answer:
        """Return the leader's answer, for which it gets so many seconds; raise `UnansweredError` when there is none."""
        end, complaint = time.monotonic() + seconds, "it has no address"
        for connection in self._connections():
            left = end - time.monotonic()
            if left <= 0 or self._cut:
                break
            try:
                answer = self._ask(connection, path, body, left)
            except (OSError, http.client.HTTPException) as error:
                complaint = str(error) or type(error).__name__
            else:
                if answer.status != NOT_THE_LEADER:
                    self._connection = connection
                    return answer
                complaint = "it is not the leader"
            connection.close()
        self._connection = None
        raise UnansweredError(f"the dispatch service did not answer: {complaint}")

    def cut(self) -> None:
        """End the question that is open, from any thread; there is no other one after it."""
        self._cut = True
        connection = self._connection
        if connection and (line := connection.sock):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()

    def _connections(self) -> Iterator[http.client.HTTPConnection]:
        """Yield the connection that answered last, and then one to each address: it may be closed, or lead no more."""
        if self._connection:
            yield self._connection
        for address in self._look_up(self._host, self._port):
            yield http.client.HTTPConnection(address, self._port)

    def _ask(self, connection: http.client.HTTPConnection, path: str, body: str, seconds: float) -> Answer:
        self._connection = connection
        if connection.sock is None:
            connection.timeout = min(CONNECT_SECONDS, seconds)
            connection.connect()
            if self._cut:
                raise ConnectionAbortedError("nothing more is asked")
        connection.sock.settimeout(seconds)
        connection.request("POST", path, body.encode(), self._headers)
        response = connection.getresponse()
        content = response.read(MAX_ANSWER_BYTES + 1)
        if not response.isclosed():
            raise http.client.HTTPException("the answer has no end")
        return Answer(response.status, content.decode(errors="replace"))
