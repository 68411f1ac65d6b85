"""One plain HTTP request and its answer, from a browser's connection to a server's and back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import h11

from kubeshot_capture.guard.record import Record
from kubeshot_capture.guard.stream import Side

Headers = list[tuple[bytes, bytes]]

# RFC 9110, 7.6.1: these are about one connection, and so are those that Connection names.
_OF_CONNECTION = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"trailer", b"upgrade"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """How a request is said to a server, or to a proxy before it: its target, and headers besides its own."""

    target: str
    headers: Headers = field(default_factory=list)


async def exchange(browser: Side, server: Side, request: h11.Request, asked: Asked, record: Record) -> None:
    """Pass a request on, with its body, and its answer back."""
    headers = [*_passed_on(request.headers), *asked.headers]
    await server.send(h11.Request(method=request.method, target=asked.target.encode("latin-1"), headers=headers))
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
