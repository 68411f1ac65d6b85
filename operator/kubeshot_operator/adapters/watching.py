"""Watches of our own, for what changes often: an event costs a fifth of what it costs with Kopf, which keeps state."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from kubeshot_operator.adapters.connection import METADATA_ONLY
from kubeshot_operator.adapters.errors import ExpiredError, NotInstalledError, RefusedError, UnavailableError
from kubeshot_operator.api import crd

Raw = dict[str, Any]

# A watch that is begun anew tells that it is alive.
_SERVER_SECONDS = 60
# One that begins with all there is lasts until that is sent.
_WHOLE_SECONDS = 600
_FROM_THE_START = "sendInitialEvents"
_WHOLE = "k8s.io/initial-events-end"
_REQUESTS = f"/apis/{crd.API_VERSION}/{crd.REQUESTS}"
_BOOKMARK = "BOOKMARK"
_ERROR = "ERROR"
_EXPIRED = 410
_NOT_FOUND = 404
_REFUSED = (400, 422)


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """What was told of an object; `body` is `None` when nothing changed but the version up to which all is told.

    `is_whole` says that by now all has been told that there was when the watch began.
    """

    version: int
    body: Raw | None
    deleted: bool = False
    is_whole: bool = False


class KubernetesWatches:
    """Each watch lasts for about a minute; then it is to be begun anew at the version of its last event."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        """Watch over a session that has no limit on the time of a call."""
        self._session = session
        self._server = server

    def pods(self, since: int) -> AsyncIterator[WatchEvent]:
        """Yield what happens to the pods under our label after this version.

        Raises `ExpiredError` when that is too long ago, `UnavailableError` when the API server cannot be used.
        """
        selector = f"{crd.MANAGED_BY_LABEL}={crd.MANAGED_BY}"
        return self._watch("/api/v1/pods", resourceVersion=str(since), labelSelector=selector)

    def request_outlines(self, since: int) -> AsyncIterator[WatchEvent]:
        """Yield what happens to all ScreenshotRequests after this version: of each object only its metadata.

        Raises as `pods` does.
        """
        return self._watch(_REQUESTS, resourceVersion=str(since), accept=METADATA_ONLY)

    async def requests_there(self) -> AsyncIterator[WatchEvent]:
        """Yield all ScreenshotRequests that there are, what changes meanwhile, and at last the version of it all.

        The API server has them at hand for this, while it reads each page of a LIST from etcd; and nobody holds a page.
        Raises `RefusedError` when it does not know of it, as before Kubernetes 1.34, and else as `pods` does.
        """
        asked = {_FROM_THE_START: "true", "resourceVersionMatch": "NotOlderThan"}
        async for event in self._watch(_REQUESTS, timeoutSeconds=str(_WHOLE_SECONDS), **asked):
            yield event
            if event.is_whole:
                return
        raise UnavailableError(f"watching {_REQUESTS}: it ended before all was told")

    async def _watch(
        self, path: str, *, accept: str = "application/json", **parameters: str
    ) -> AsyncIterator[WatchEvent]:
        asked = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(_SERVER_SECONDS),
            **parameters,
        }
        try:
            async with self._session.get(self._server + path, params=asked, headers={"Accept": accept}) as response:
                if response.status == _EXPIRED:
                    raise ExpiredError(path)
                if response.status == _NOT_FOUND:
                    raise NotInstalledError(path.rpartition("/")[2])
                if response.status in _REFUSED and _FROM_THE_START in parameters:
                    raise RefusedError(response.status, await response.text())
                if response.status >= 300:
                    raise UnavailableError(f"watching {path}: HTTP {response.status}")
                async for line in _lines(response.content):
                    yield _read(line, path)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError(f"watching {path}: {type(error).__name__}: {error}") from error


async def _lines(stream: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of a stream however long they are, which its own reader does not do."""
    begun = b""
    async for chunk in stream.iter_any():
        *whole, begun = (begun + chunk).split(b"\n")
        for line in whole:
            yield line


def _read(line: bytes, path: str) -> WatchEvent:
    try:
        event: Raw = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise UnavailableError(f"watching {path}: an event is not JSON") from error
    body, kind = event["object"], event["type"]
    if kind == _ERROR:
        told = f"watching {path}: {body.get('message')}"
        raise ExpiredError(told) if body.get("code") == _EXPIRED else UnavailableError(told)
    version = int(body["metadata"]["resourceVersion"])
    if kind == _BOOKMARK:
        return WatchEvent(version, None, is_whole=_WHOLE in body["metadata"].get("annotations", ()))
    return WatchEvent(version, body, deleted=kind == "DELETED")
