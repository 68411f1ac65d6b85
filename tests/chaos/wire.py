"""A wire with a switchboard in it: a reverse proxy whose rules decide what becomes of each call."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from yarl import URL

from chaos.call import Answer, Call, DroppedError, Onward, Rule, System, name_call

Result = TypeVar("Result")

# These are about one connection, and there are two.
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length"}
_PATIENCE = aiohttp.ClientTimeout(total=None, connect=5)
_BEARER = "Bearer "


class Backstage:
    """A thread with an event loop, in which the wires are."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="wires", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something there, and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    def close(self) -> None:
        """End the thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)
        self.loop.close()


class Wire:
    """Passes calls to a system on, and their answers back. Without a rule it is not noticed."""

    def __init__(
        self, backstage: Backstage, system: System, target: Callable[[], str], tls: ssl.SSLContext | None = None
    ) -> None:
        """`target` says at each call where the system is: its URL without a path."""
        self._backstage = backstage
        self._system = system
        self._target = target
        self._rules: tuple[Rule, ...] = ()
        # Scenes that are under way together have a thread each.
        self._changing = threading.Lock()
        self._streams: set[asyncio.Transport] = set()
        self._session, self._runner, self.port = backstage.run(self._open(tls))

    @contextmanager
    def rule(self, *rules: Rule) -> Iterator[None]:
        """Have rules for a while; the first one hears of a call first."""
        with self._changing:
            self._rules = (*rules, *self._rules)
        try:
            yield
        finally:
            with self._changing:
                self._rules = tuple(kept for kept in self._rules if kept not in rules)

    def cut_streams(self) -> int:
        """Break off all answers that go on; return how many there were."""
        return self._backstage.run(self._cut())

    def close(self) -> None:
        """Take the wire away."""
        self._backstage.run(self._close())

    async def _open(self, tls: ssl.SSLContext | None) -> tuple[aiohttp.ClientSession, web.ServerRunner, int]:
        connector = aiohttp.TCPConnector(limit=0, ssl=tls or True)
        session = aiohttp.ClientSession(connector=connector, timeout=_PATIENCE, auto_decompress=False)
        # Whoever hangs up ends the call at the other end too, as without a wire.
        runner = web.ServerRunner(
            web.Server(self._serve, handler_cancellation=True, access_log=None), shutdown_timeout=1.0
        )
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0)
        await site.start()
        return session, runner, int(runner.addresses[0][1])

    async def _close(self) -> None:
        await self._cut()
        await self._runner.cleanup()
        await self._session.close()

    async def _cut(self) -> int:
        streams = tuple(self._streams)
        for transport in streams:
            transport.abort()
        return len(streams)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        name = name_call(self._system, request.method, request.path, request.query)
        call = Call(name, request.headers.get("Authorization", "").removeprefix(_BEARER), request.path)
        body = await request.content.read()
        try:
            answer = await self._through(self._rules, call, lambda: self._pass_on(request, call, body))
            return await self._send(request, answer)
        except (DroppedError, aiohttp.ClientError, ConnectionError):
            _abort(request)
            return web.Response()

    async def _through(self, rules: tuple[Rule, ...], call: Call, last: Onward) -> Answer:
        if not rules:
            return await last()
        return await rules[0](call, lambda: self._through(rules[1:], call, last))

    async def _pass_on(self, request: web.BaseRequest, call: Call, body: bytes) -> Answer:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        if self._system is System.API:
            # Who calls is known here; the wire has a certificate of its own.
            headers.pop("Authorization", None)
        url = URL(self._target() + request.raw_path, encoded=True)
        response = await self._session.request(
            request.method, url, headers=headers, data=BytesIO(body) if body else None, allow_redirects=False
        )
        kept = {name: value for name, value in response.headers.items() if name.lower() not in _HOP_BY_HOP}
        if call.is_watch:
            return Answer(response.status, headers=kept, stream=_chunks(response))
        async with response:
            if request.method == "HEAD":
                kept["Content-Length"] = response.headers.get("Content-Length", "0")
            return Answer(response.status, await response.read(), kept)

    async def _send(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        if answer.stream is None:
            return web.Response(status=answer.status, body=answer.body or None, headers=answer.headers)
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        transport = request.transport
        if transport is None:
            raise DroppedError
        self._streams.add(transport)
        try:
            await response.prepare(request)
            async for chunk in answer.stream:
                await response.write(chunk)
            await response.write_eof()
        finally:
            self._streams.discard(transport)
            await _end(answer.stream)
        return response


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with response:
        async for chunk in response.content.iter_any():
            yield chunk


async def _end(stream: AsyncIterator[bytes]) -> None:
    """End a stream that nobody listens to any more; else its connection would stay open."""
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()


def _abort(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()
