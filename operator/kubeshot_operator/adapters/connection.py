"""How the API server is reached: its address, its certificate authority, and a token that follows its rotation."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

from kubeshot_operator.api.api_call import UNANSWERED, ApiCall, read_call, read_date

METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
"""What to accept as an answer where only the metadata of objects is looked at."""

# Kopf's default is no limit at all, which 3,000 events at once turn into resets.
_MAX_CONNECTIONS = 50
_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=5)
_WATCH_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=5)
# A projected token is replaced when a fifth of its hour is left; a minute's delay is nothing against that.
_HEADERS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Connection:
    """The API server and how we prove who we are; `read_headers` reads the token anew at each call."""

    server: str
    tls: ssl.SSLContext
    read_headers: Callable[[], Mapping[str, str]]


Observe = Callable[[ApiCall], None]
"""Is told of each call to the API server."""


def open_session(
    connection: Connection, user_agent: str, observe: Observe, *, for_watches: bool = False
) -> aiohttp.ClientSession:
    """Return a session with a bounded number of connections. A session for watches has no limit on their time."""
    headers: dict[str, str] = {}
    fresh_until = 0.0

    async def authenticate(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        nonlocal fresh_until
        if time.monotonic() >= fresh_until:
            headers.update(connection.read_headers())
            fresh_until = time.monotonic() + _HEADERS_SECONDS
        request.headers.update(headers)
        return await handler(request)

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_MAX_CONNECTIONS, ssl=connection.tls),
        timeout=_WATCH_TIMEOUT if for_watches else _TIMEOUT,
        headers={"User-Agent": user_agent},
        middlewares=(_watched(observe), authenticate),
    )


def _watched(observe: Observe) -> aiohttp.ClientMiddlewareType:
    """Return what tells of each call once its answer begins, or none comes."""

    async def tell(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        verb, resource = read_call(request.method, request.url.path, request.url.query)
        begun, code, date = time.monotonic(), UNANSWERED, None
        try:
            response = await handler(request)
            code, date = str(response.status), read_date(response.headers.get("Date"))
            return response
        finally:
            observe(ApiCall(verb, resource, code, time.monotonic() - begun, date))

    return tell
