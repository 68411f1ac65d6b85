"""Connects to hosts: resolves each name once, checks what it leads to, and dials what it has checked."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohappyeyeballs

from kubeshot_capture.guard.exchange import Headers
from kubeshot_capture.guard.policy import Policy
from kubeshot_capture.guard.record import Trouble
from kubeshot_capture.guard.stream import Stream
from kubeshot_capture.guard.target import Target
from kubeshot_capture.guard.upstream import Upstream, authority, connect, tunnel_through
from kubeshot_contract.addresses import Address, parse_address
from kubeshot_contract.reasons import Reason

AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]
Resolve = Callable[[str, int], Awaitable[list[AddressInfo]]]
"""Takes a host and a port; returns what `getaddrinfo` does, or raises `OSError`."""

CONNECT_SECONDS = 15.0
# RFC 8305 says 250 ms until the next address is tried beside the first.
_NEXT_ADDRESS_SECONDS = 0.25


class UnreachedError(Exception):
    """A host was not reached; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.message)
        self.trouble = trouble


async def resolve(host: str, port: int) -> list[AddressInfo]:
    """Ask this machine's resolver."""
    return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Served:
    """A connection that plain requests go over. What they ask for begins with `origin`, where that is not empty."""

    stream: Stream
    origin: str = ""
    headers: Headers = field(default_factory=list)


class Dialer:
    """Connects as far as a policy allows. What a name leads to is asked once: it stays so while the dialer lives."""

    def __init__(self, policy: Policy, resolve: Resolve = resolve, upstream: Upstream | None = None) -> None:
        """Take another proxy to go through, if there is no other way."""
        self._policy = policy
        self._resolve = resolve
        self._upstream = upstream
        self._known: dict[tuple[str, int], asyncio.Future[list[AddressInfo]]] = {}

    async def tunnel(self, host: str, port: int) -> Stream:
        """Return a connection to a host; raise `UnreachedError` where there is none, or may be none."""
        allowed = await self.check(host, port)
        if self._upstream is None:
            return await _in_time(host, _dialled(allowed))
        return await _in_time(host, tunnel_through(self._upstream, allowed[0][4][0], port))

    async def serve(self, target: Target) -> Served:
        """Return a connection for plain requests to a host, and how they are said there; raise `UnreachedError`."""
        allowed = await self.check(target.host, target.port)
        if self._upstream is None:
            return Served(await _in_time(target.host, _dialled(allowed)))
        origin = f"http://{authority(allowed[0][4][0], target.port)}"
        return Served(await _in_time(target.host, connect(self._upstream)), origin, self._upstream.headers)

    async def check(self, host: str, port: int) -> list[AddressInfo]:
        """Return those addresses of a host that may be connected to; raise `UnreachedError` when there are none."""
        if (denied := self._policy.denies_name(host)) is not None:
            raise _refused(host, denied.why)
        judged = [(info, self._policy.denies_address(host, address)) for address, info in await self._found(host, port)]
        allowed = [info for info, denied in judged if denied is None]
        if allowed:
            return allowed
        raise _refused(host, next(denied.why for _, denied in judged if denied))

    async def _found(self, host: str, port: int) -> list[tuple[Address, AddressInfo]]:
        known = self._known.get((host, port))
        if known is None:
            known = self._known[host, port] = asyncio.ensure_future(self._resolve(host, port))
        try:
            infos = await asyncio.shield(known)
        except (OSError, UnicodeError) as error:
            # A resolver that was busy may answer the next time.
            self._known.pop((host, port), None)
            raise _unknown(host) from error
        found = [(address, info) for info in infos if (address := parse_address(info[4][0])) is not None]
        if not found:
            raise _unknown(host)
        return found


async def _dialled(allowed: list[AddressInfo]) -> Stream:
    connected = await aiohappyeyeballs.start_connection(allowed, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS)
    return Stream(*await asyncio.open_connection(sock=connected))


async def _in_time(host: str, connecting: Awaitable[Stream]) -> Stream:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await connecting
    except TimeoutError as error:
        message = f"{host} did not take a connection within {CONNECT_SECONDS:.0f} s"
        raise UnreachedError(Trouble(Reason.CONNECTION_FAILED, message)) from error
    except OSError as error:
        message = f"{host} takes no connection: {_why(error)}"
        raise UnreachedError(Trouble(Reason.CONNECTION_FAILED, message)) from error


def _refused(host: str, why: str) -> UnreachedError:
    return UnreachedError(Trouble(Reason.BLOCKED_BY_POLICY, f"{host} {why}"))


def _unknown(host: str) -> UnreachedError:
    return UnreachedError(Trouble(Reason.NAME_NOT_RESOLVED, f"the name {host} can't be resolved"))


def _why(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
