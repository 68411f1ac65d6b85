"""A proxy of one capture's own, on this machine's loopback: all that its pages ask for goes through it."""

import asyncio
from contextlib import suppress

from kubeshot_capture.guard.conversation import Conversation
from kubeshot_capture.guard.dialer import Dialer, Resolve, Stream, resolve
from kubeshot_capture.guard.policy import Policy
from kubeshot_capture.guard.record import Record
from kubeshot_contract.egress import Egress

_HOST = "127.0.0.1"


class Guard:
    """It is there between `open` and `close`."""

    def __init__(self, egress: Egress, resolve: Resolve = resolve) -> None:
        self.record = Record(egress.max_bytes)
        self._dialer = Dialer(Policy(egress), resolve)
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        """Begin to listen; return the URL of the proxy."""
        self._server = await asyncio.start_server(self._converse, _HOST)
        return f"http://{_HOST}:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Listen no more, and cut off whatever is under way."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._conversations):
            task.cancel()
        if self._conversations:
            await asyncio.wait(self._conversations)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a server begins a task for each connection"
        self._conversations.add(task)
        try:
            with suppress(asyncio.CancelledError):
                await Conversation(Stream(reader, writer), self._dialer, self.record).run()
        finally:
            self._conversations.discard(task)
