"""The API server as the suite speaks to it: many calls at a time, over one session."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

Raw = dict[str, Any]
Item = TypeVar("Item")

CONNECTIONS = 40
REQUESTS = "/apis/kubeshot.dev/v1alpha1/screenshotrequests"
_PAGE = 2000
_NO_LIMIT = aiohttp.ClientTimeout(total=None)
# A watch event holds a whole object.
_READ_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Client:
    """Raw objects in and out; a call that is refused raises `aiohttp.ClientResponseError`."""

    session: aiohttp.ClientSession
    server: str

    async def call(self, method: str, path: str, body: Raw | None = None) -> Raw:
        """Make a call and return the answer."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        data = None if body is None else json.dumps(body).encode()
        headers = {} if data is None else {"Content-Type": kind}
        async with self.session.request(method, self.server + path, data=data, headers=headers) as response:
            if response.status >= 400:
                message = f"{method} {path}: {await response.text()}"
                raise aiohttp.ClientResponseError(response.request_info, (), status=response.status, message=message)
            answer: Raw = await response.json()
            return answer

    async def items(self, path: str, **parameters: str) -> AsyncIterator[Raw]:
        """List page by page."""
        token = ""
        while True:
            asked = {**parameters, "limit": str(_PAGE), "continue": token}
            async with self.session.get(self.server + path, params=asked) as response:
                response.raise_for_status()
                page = await response.json()
            for item in page["items"]:
                yield item
            token = page["metadata"].get("continue", "")
            if not token:
                return

    async def watch(self, path: str, **parameters: str) -> AsyncIterator[Raw]:
        """Yield what there is, and then each event, until the server ends it."""
        asked = {**parameters, "watch": "true"}
        async with self.session.get(self.server + path, params=asked, timeout=_NO_LIMIT) as response:
            response.raise_for_status()
            try:
                async for line in response.content:
                    yield json.loads(line)
            finally:
                # Ending TLS takes an answer, which the loop may not be there any more to hear.
                if response.connection is not None and response.connection.transport is not None:
                    response.connection.transport.abort()


@asynccontextmanager
async def connected(server: str, token: str, authority: Path) -> AsyncIterator[Client]:
    """Open a session."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=ssl.create_default_context(cafile=authority))
    headers: Mapping[str, str] = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers, read_bufsize=_READ_BYTES) as session:
        yield Client(session, server)


async def at_a_time(items: Iterable[Item], work: Callable[[Item], Awaitable[object]]) -> None:
    """Do the work for each item, as many at a time as there are connections."""
    waiting = iter(items)

    async def go_on() -> None:
        for item in waiting:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(go_on())
