"""A connection, and HTTP/1.1 as it is spoken over it."""

import asyncio
from dataclasses import dataclass

import h11

CHUNK = 65536
# Chromium reads 256 KiB of headers; h11 would take 16 KiB.
MOST_HEADERS = 262144


@dataclass(frozen=True, slots=True)
class Stream:
    """Two ways of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def close(self) -> None:
        """End it when all that was said is sent, without waiting for that."""
        self.writer.close()

    def abort(self) -> None:
        """End it at once, whatever is not sent yet."""
        self.writer.transport.abort()


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
