"""A proxy of one capture's own, on this machine's loopback: all that its pages ask for goes through it."""

import asyncio
from urllib.parse import urlsplit

from kubeshot_capture.guard.conversation import Conversation
from kubeshot_capture.guard.dialer import Dialer, Resolve, resolve
from kubeshot_capture.guard.policy import Policy
from kubeshot_capture.guard.record import Record, Trouble
from kubeshot_capture.guard.stream import Stream
from kubeshot_capture.guard.upstream import Upstream
from kubeshot_contract.egress import Egress
from kubeshot_contract.reasons import Reason

_HOST = "127.0.0.1"


class Guard:
    """It is there between `open` and `close`."""

    def __init__(self, egress: Egress, resolve: Resolve = resolve, upstream: Upstream | None = None) -> None:
        """Keep to what a class allows, and go through its proxy where it has one."""
        self.record = Record(egress.max_bytes)
        self._dialer = Dialer(Policy(egress), resolve, upstream)
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        """Begin to listen; return the URL of the proxy."""
        self._server = await asyncio.start_server(self._converse, _HOST)
        return f"http://{_HOST}:{self._server.sockets[0].getsockname()[1]}"

    def overrun(self) -> Trouble | None:
        """Return what is to be said when more came and went than a capture may have; `None` while it has not."""
        if not self.record.exhausted:
            return None
        return Trouble(
            Reason.PAGE_TOO_LARGE, f"the page loaded more than its class's egress.maxBytes of {self.record.most} bytes"
        )

    def trouble_with(self, url: str) -> Trouble | None:
        """Return why the host of a URL was not reached; `None` if it was, or was not asked for."""
        if (overrun := self.overrun()) is not None:
            return overrun
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
        except ValueError:
            return None
        return self.record.troubles.get((parts.hostname or "", port))

    async def close(self) -> None:
        """Listen no more, and cut off whatever is under way."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._conversations):
            task.cancel()
        if self._conversations:
            await asyncio.wait(self._conversations)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task, browser = asyncio.current_task(), Stream(reader, writer)
        assert task is not None, "a server begins a task for each connection"
        self._conversations.add(task)
        try:
            await Conversation(browser, self._dialer, self.record).run()
        except asyncio.CancelledError:
            browser.abort()
        finally:
            self._conversations.discard(task)
