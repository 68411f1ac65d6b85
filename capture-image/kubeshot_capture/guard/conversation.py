"""One connection of the browser to the guard: plain requests, one after the other, or one tunnel."""

from collections.abc import Awaitable
from contextlib import suppress
from typing import TypeVar

import h11

from kubeshot_capture.guard.dialer import Dialer, Served, UnreachedError
from kubeshot_capture.guard.exchange import Asked, exchange
from kubeshot_capture.guard.record import ExhaustedError, Record
from kubeshot_capture.guard.stream import Side, Stream
from kubeshot_capture.guard.target import Target, UnreadableTargetError, parse_tunnel, parse_url
from kubeshot_capture.guard.tunnel import tunnel
from kubeshot_contract.reasons import Reason

Reached = TypeVar("Reached")

# By this a page's answer is known as the guard's own. What a server says of itself is passed on under its own name.
GUARD_HEADER = "x-kubeshot-guard"

_BAD_REQUEST, _FORBIDDEN, _BAD_GATEWAY = 400, 403, 502
# What may be asked twice without harm (RFC 9110, 9.2.2), and has no body that would be gone.
_ASKED_AGAIN = (b"GET", b"HEAD")


class Conversation:
    """It has to be run once; it ends when the browser hangs up, or with the first thing that goes wrong."""

    def __init__(self, stream: Stream, dialer: Dialer, record: Record) -> None:
        self._browser = Side(stream, h11.SERVER)
        self._dialer = dialer
        self._record = record
        self._server: Side | None = None
        self._served: Served | None = None
        self._host: tuple[str, int] | None = None

    async def run(self) -> None:
        """Answer until the end."""
        try:
            # The browser hears no more of what goes wrong than that it ends here.
            with suppress(h11.ProtocolError, OSError):
                while await self._answer_next():
                    self._browser.http.start_next_cycle()
            self._browser.stream.close()
        except ExhaustedError:
            self._browser.stream.abort()
        finally:
            self._hang_up()

    async def _answer_next(self) -> bool:
        """Answer one request; say whether there may be another."""
        request = await self._browser.next_event()
        if not isinstance(request, h11.Request):
            return False
        if self._record.exhausted:
            raise ExhaustedError
        try:
            if request.method == b"CONNECT":
                await self._open_tunnel(parse_tunnel(request.target))
                return False
            await self._pass_on(request, parse_url(request.target))
        except UnreadableTargetError:
            await self._refuse(_BAD_REQUEST)
        except UnreachedError as error:
            # A host that was refused says nothing more than that to the page: the sentence is for the verdict.
            await self._refuse(_FORBIDDEN if error.trouble.reason is Reason.BLOCKED_BY_POLICY else _BAD_GATEWAY)
        return self._browser.is_done

    async def _open_tunnel(self, target: Target) -> None:
        server = await self._reached(target, self._dialer.tunnel(target.host, target.port))
        try:
            await self._browser.next_event()
            await self._browser.send(h11.Response(status_code=200, headers=[]))
            first, _ = self._browser.http.trailing_data
            await tunnel(self._browser.stream, server, first, self._record)
        finally:
            server.close()

    async def _pass_on(self, request: h11.Request, target: Target) -> None:
        server, is_fresh = await self._server_for(target)
        try:
            await exchange(self._browser, server, request, self._asked(target), self._record)
        except (OSError, h11.RemoteProtocolError):
            has_answered = self._browser.http.our_state is not h11.SEND_RESPONSE
            if has_answered or is_fresh or request.method not in _ASKED_AGAIN:
                raise
            # A server may hang up just as it is asked once more.
            self._hang_up()
            server, _ = await self._server_for(target)
            await exchange(self._browser, server, request, self._asked(target), self._record)
        if server.is_done:
            server.http.start_next_cycle()
        else:
            self._hang_up()

    async def _server_for(self, target: Target) -> tuple[Side, bool]:
        """Return a connection to a server, and whether it is a new one."""
        host = (target.host, target.port)
        if self._server is not None and self._host == host and not self._server.stream.reader.at_eof():
            return self._server, False
        self._hang_up()
        self._served = await self._reached(target, self._dialer.serve(target))
        self._server, self._host = Side(self._served.stream, h11.CLIENT), host
        return self._server, True

    def _asked(self, target: Target) -> Asked:
        assert self._served is not None, "there is a connection"
        return Asked(self._served.origin + target.path, self._served.headers)

    async def _reached(self, target: Target, connecting: Awaitable[Reached]) -> Reached:
        try:
            return await connecting
        except UnreachedError as error:
            self._record.note(target.host, target.port, error.trouble)
            raise

    async def _refuse(self, status: int) -> None:
        """Answer without a word of what is behind it, and hang up."""
        headers = [(b"content-length", b"0"), (b"connection", b"close"), (GUARD_HEADER.encode(), b"1")]
        await self._browser.send(h11.Response(status_code=status, headers=headers))
        await self._browser.send(h11.EndOfMessage())

    def _hang_up(self) -> None:
        if self._server is not None:
            self._server.stream.close()
        self._server = None
