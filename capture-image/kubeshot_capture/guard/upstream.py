"""Another proxy behind the guard, where a cluster has no other way out: it is asked for what the guard has checked."""

import asyncio
import base64
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import h11

from kubeshot_capture.guard.stream import Side, Stream


class UnusableProxyError(ValueError):
    """What should be the URL of a proxy is none; the message says what is wrong, without a word of it."""


class RefusedByProxyError(OSError):
    """The proxy doesn't connect; the message says what it answered."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where the proxy is, and what it is shown: the value of `Proxy-Authorization`."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What each request to it has besides."""
        return [] if self.authorization is None else [(b"Proxy-Authorization", self.authorization.encode())]


def parse_upstream(url: str) -> Upstream:
    """Return the proxy of a URL such as `http://user:password@proxy:3128`; raise `UnusableProxyError`."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnusableProxyError("it is not a URL") from error
    if parts.scheme != "http" or not host or port is None:
        raise UnusableProxyError("it is not of the form http://user:password@host:port")
    if parts.username is None:
        return Upstream(host, port)
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return Upstream(host, port, f"Basic {base64.b64encode(login.encode()).decode()}")


async def connect(upstream: Upstream) -> Stream:
    """Return a connection to the proxy itself; raise `OSError`."""
    return Stream(*await asyncio.open_connection(upstream.host, upstream.port))


async def tunnel_through(upstream: Upstream, address: str, port: int) -> Stream:
    """Return a connection through the proxy; raise `OSError` when it refuses."""
    stream = await connect(upstream)
    try:
        answer = await _asked(stream, upstream, authority(address, port))
        if not 200 <= answer.status_code < 300:
            raise RefusedByProxyError(f"the class's proxy answered {answer.status_code}")
    except BaseException:
        stream.abort()
        raise
    return stream


def authority(address: str, port: int) -> str:
    """Return an address and a port as a URL has them."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


async def _asked(stream: Stream, upstream: Upstream, target: str) -> h11.Response:
    side = Side(stream, h11.CLIENT)
    await side.send(
        h11.Request(method="CONNECT", target=target, headers=[(b"Host", target.encode()), *upstream.headers])
    )
    await side.send(h11.EndOfMessage())
    try:
        # No more than the head: what follows is the server's.
        side.http.receive_data(await stream.reader.readuntil(b"\r\n\r\n"))
        answer = side.http.next_event()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, h11.RemoteProtocolError) as error:
        raise RefusedByProxyError("what the class's proxy answers is not HTTP") from error
    if not isinstance(answer, h11.Response):
        raise RefusedByProxyError("the class's proxy does not answer")
    return answer
