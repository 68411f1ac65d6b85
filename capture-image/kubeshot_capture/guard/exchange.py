"""One plain HTTP request and its answer, from a browser's connection to a server's and back."""

from collections.abc import Callable, Iterable

import h11

from kubeshot_capture.guard.dialer import Stream
from kubeshot_capture.guard.record import Record
from kubeshot_capture.guard.target import Target

Headers = list[tuple[bytes, bytes]]

CHUNK = 65536
# Chromium reads 256 KiB of headers; h11 would take 16 KiB.
MOST_HEADERS = 262144

# RFC 9110, 7.6.1: these are about one connection, and so are those that Connection names.
_OF_CONNECTION = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"trailer", b"upgrade"}
)


class Side:
    """One end of an exchange: a connection, and HTTP/1.1 as it is spoken there."""

    def __init__(self, stream: Stream, role: type[h11.CLIENT] | type[h11.SERVER]) -> None:
        self.stream = stream
        self.http = h11.Connection(role, max_incomplete_event_size=MOST_HEADERS)

    async def next_event(self) -> h11.Event | None:
        """Return what comes next, `None` where nothing may before an answer; raise `h11.RemoteProtocolError`."""
        while True:
            event = self.http.next_event()
            if isinstance(event, h11.Event):
                return event
            if event is h11.PAUSED:
                return None
            self.http.receive_data(await self.stream.reader.read(CHUNK))

    async def send(self, event: h11.Event) -> None:
        """Say something; raise `OSError` when nobody listens any more."""
        if data := self.http.send(event):
            self.stream.writer.write(data)
            await self.stream.writer.drain()

    @property
    def is_done(self) -> bool:
        """Whether it can be used for another exchange."""
        return self.http.our_state is h11.DONE and self.http.their_state is h11.DONE


async def exchange(browser: Side, server: Side, request: h11.Request, target: Target, record: Record) -> None:
    """Pass a request on, with its body, and its answer back."""
    await server.send(
        h11.Request(method=request.method, target=target.path.encode("latin-1"), headers=_passed_on(request.headers))
    )
    if browser.http.their_state is h11.SEND_BODY:
        await _pass_body(browser, server, lambda size: record.count(sent=size))
    else:
        # It was read already, for a connection that ended, and was empty.
        await server.send(h11.EndOfMessage())
    while True:
        event = await server.next_event()
        if isinstance(event, h11.Response):
            await browser.send(
                h11.Response(status_code=event.status_code, reason=event.reason, headers=_passed_on(event.headers))
            )
            break
    await _pass_body(server, browser, lambda size: record.count(received=size))


async def _pass_body(source: Side, sink: Side, count: Callable[[int], None]) -> None:
    while not isinstance(event := await source.next_event(), h11.EndOfMessage):
        if not isinstance(event, h11.Data):
            raise ConnectionResetError("it ended in the middle of a body")
        count(len(event.data))
        await sink.send(event)
    await sink.send(h11.EndOfMessage())


def _passed_on(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    listed = list(headers)
    named = {name.strip().lower() for key, value in listed if key == b"connection" for name in value.split(b",")}
    return [(key, value) for key, value in listed if key not in _OF_CONNECTION and key not in named]
