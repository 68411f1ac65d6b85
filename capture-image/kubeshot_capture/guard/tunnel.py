"""Bytes in both ways, unread and counted: https, and all else that is asked for by CONNECT."""

import asyncio
from collections.abc import Callable

from kubeshot_capture.guard.record import ExhaustedError, Record
from kubeshot_capture.guard.stream import CHUNK, Stream


async def tunnel(browser: Stream, server: Stream, first: bytes, record: Record) -> None:
    """Pass on what either side says until both are silent; `first` came from the browser already."""
    record.count(sent=len(first))
    server.writer.write(first)
    try:
        async with asyncio.TaskGroup() as ways:
            ways.create_task(_pass(browser.reader, server.writer, lambda size: record.count(sent=size)))
            ways.create_task(_pass(server.reader, browser.writer, lambda size: record.count(received=size)))
    except* OSError as errors:
        raise ConnectionResetError("a side has hung up") from errors
    except* ExhaustedError as errors:
        raise ExhaustedError from errors


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter, count: Callable[[int], None]) -> None:
    while data := await source.read(CHUNK):
        count(len(data))
        sink.write(data)
        await sink.drain()
    # The other way may go on.
    sink.write_eof()
