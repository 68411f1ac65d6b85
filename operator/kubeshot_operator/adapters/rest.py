"""Calls of the Kubernetes API over one session: JSON in and out, one named error per thing to do next."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson

from kubeshot_operator.adapters.errors import (
    ConflictError,
    GoneError,
    NameTakenError,
    NotInstalledError,
    RefusedError,
    UnavailableError,
)

Raw = dict[str, Any]

_JSON = "application/json"
_MERGE_PATCH = "application/merge-patch+json"
# JSON is YAML, and this is the name that all versions of the API server know a server-side apply by.
_APPLY_PATCH = "application/apply-patch+yaml"
_PAGE = 500


class Rest:
    """Makes calls; all raise `UnavailableError` when the API server cannot be used."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        self._session = session
        self._server = server

    async def list(self, path: str, **parameters: str) -> tuple[list[Raw], int]:
        """Return all objects of a collection, and the resource version at which they are listed."""
        items: list[Raw] = []
        version = 0
        async for page in self.pages(path, parameters):
            items += page["items"]
            version = version or int(page["metadata"]["resourceVersion"])
        return items, version

    async def pages(self, path: str, parameters: dict[str, str]) -> AsyncIterator[Raw]:
        """Yield the pages of a collection; raise `NotInstalledError` when its kind is not there."""
        token = ""
        while True:
            page = await self._page(path, {**parameters, "limit": str(_PAGE), "continue": token})
            yield page
            token = page["metadata"].get("continue", "")
            if not token:
                return

    async def _page(self, path: str, parameters: dict[str, str]) -> Raw:
        try:
            return await self.call("GET", path, parameters=parameters)
        except GoneError as error:
            # A collection is there, however empty, as long as its kind is.
            raise NotInstalledError(path.rpartition("/")[2]) from error

    async def call(
        self,
        method: str,
        path: str,
        body: Raw | None = None,
        parameters: dict[str, str] | None = None,
        accept: str = _JSON,
    ) -> Raw:
        """Make a call and return its answer; a PATCH is a merge patch."""
        headers = {"Accept": accept}
        if body is not None:
            headers["Content-Type"] = _MERGE_PATCH if method == "PATCH" else _JSON
        return await self._send(method, path, headers, body, parameters)

    async def apply(self, path: str, body: Raw, manager: str) -> Raw:
        """Apply an object on the server, whoever else has written the same fields; return it as it is now."""
        headers = {"Accept": _JSON, "Content-Type": _APPLY_PATCH}
        return await self._send("PATCH", path, headers, body, {"fieldManager": manager, "force": "true"})

    async def _send(
        self, method: str, path: str, headers: dict[str, str], body: Raw | None, parameters: dict[str, str] | None
    ) -> Raw:
        data = None if body is None else orjson.dumps(body)
        try:
            async with self._session.request(
                method, self._server + path, params=parameters, data=data, headers=headers
            ) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            message = f"{method} {path}: {type(error).__name__}: {error}"
            raise UnavailableError(message) from error
        if response.status < 300:
            return _decoded(answer, f"{method} {path}")
        raise _error(method, response.status, answer)


def _decoded(answer: bytes, call: str) -> Raw:
    try:
        decoded: Raw = orjson.loads(answer)
    except orjson.JSONDecodeError as error:
        raise UnavailableError(f"{call}: the answer is not JSON") from error
    return decoded


def _error(method: str, status: int, answer: bytes) -> Exception:
    message = _message(answer)
    if status == 404:
        return GoneError(message)
    if status == 409:
        return NameTakenError(message) if method == "POST" and "already exists" in message else ConflictError(message)
    # 429 and 5xx ask for patience; 401 is a token that is just being rotated, 410 a LIST that took too long.
    if status >= 500 or status in (401, 408, 410, 429):
        return UnavailableError(f"HTTP {status}: {message}")
    return RefusedError(status, message)


def _message(answer: bytes) -> str:
    try:
        return str(orjson.loads(answer)["message"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return answer[:300].decode(errors="replace")
