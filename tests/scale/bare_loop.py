"""The calls of a capture with nothing behind them: what any operator in Python would take on this machine.

It is a process of its own: `python -m scale.bare_loop SERVER TOKEN AUTHORITY`. For each request it makes the calls
that the operator makes, over one session, with the same event loop and JSON: a pod, three statuses, two Events, a
deletion. It decides nothing, checks nothing, remembers nothing, logs nothing, gives no pod a job, and has no bucket.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop

from kubeshot_operator.api.crd import REQUEST_LABEL
from scale.client import REQUESTS, Client, connected
from scale.fake_nodes import LABEL, PODS
from scale.load import path_of

Raw = dict[str, Any]

_MOST = 100
_RETRY_SECONDS = 0.5
_KEY, _VALUE = LABEL.split("=")


class BareLoop:
    """Captures each request that a watch tells of, so many at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(_MOST)
        self._taken: set[str] = set()
        self._ended: dict[str, asyncio.Future[None]] = {}

    async def run(self) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow_requests(group))
            group.create_task(self._follow_pods())

    async def _follow_requests(self, group: asyncio.TaskGroup) -> None:
        async for body in self._changes(REQUESTS, fieldSelector="status.phase!=Succeeded"):
            if (uid := body["metadata"]["uid"]) not in self._taken:
                self._taken.add(uid)
                group.create_task(self._capture(body))

    async def _follow_pods(self) -> None:
        async for body in self._changes(PODS, labelSelector=LABEL):
            ended = self._ended.get(body["metadata"]["uid"])
            if ended is not None and not ended.done() and body["status"].get("phase") == "Succeeded":
                ended.set_result(None)

    async def _changes(self, path: str, **selector: str) -> AsyncIterator[Raw]:
        """Yield objects as they change, for ever."""
        asked = {**selector, "watch": "true"}
        while True:
            async with self._client.session.get(
                self._client.server + path, params=asked, timeout=aiohttp.ClientTimeout(total=None)
            ) as response:
                # Right after a CRD is installed the API server says 429.
                if response.status == 200:
                    async for line in response.content:
                        yield orjson.loads(line)["object"]
            await asyncio.sleep(_RETRY_SECONDS)

    async def _capture(self, body: Raw) -> None:
        namespace, name = body["metadata"]["namespace"], body["metadata"]["name"]
        pods, events = f"/api/v1/namespaces/{namespace}/pods", f"/api/v1/namespaces/{namespace}/events"
        await self._write(body, "Queued")
        async with self._slots:
            pod = await self._call("POST", pods, _pod(body))
            ended = self._ended[pod["metadata"]["uid"]] = asyncio.get_running_loop().create_future()
            await self._write(body, "Capturing")
            await self._call("POST", events, _event(body, "Capturing"))
            await ended
            await self._write(body, "Succeeded")
            await self._call("POST", events, _event(body, "Captured"))
            await self._call("DELETE", f"{pods}/{name}", {})

    async def _write(self, body: Raw, phase: str) -> None:
        await self._call("PATCH", f"{path_of(body)}/status", {"status": {"phase": phase, "run": 1}})

    async def _call(self, method: str, path: str, body: Raw) -> Raw:
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        async with self._client.session.request(
            method, self._client.server + path, data=orjson.dumps(body), headers={"Content-Type": kind}
        ) as response:
            answer: Raw = orjson.loads(await response.read())
            assert response.ok, answer
            return answer


def _pod(body: Raw) -> Raw:
    metadata = body["metadata"]
    container = {"name": "capture", "image": "none"}
    return {
        "metadata": {"name": metadata["name"], "labels": {_KEY: _VALUE, REQUEST_LABEL: metadata["name"]}},
        "spec": {"restartPolicy": "Never", "automountServiceAccountToken": False, "containers": [container]},
    }


def _event(body: Raw, reason: str) -> Raw:
    names = ("namespace", "name", "uid")
    involved = {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        **{name: body["metadata"][name] for name in names},
    }
    metadata = {"generateName": f"{involved['name']}.", "namespace": involved["namespace"]}
    return {"metadata": metadata, "involvedObject": involved, "reason": reason, "type": "Normal"}


async def _main(server: str, token: str, authority: str) -> None:
    async with connected(server, token, Path(authority)) as client:
        await BareLoop(client).run()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(*sys.argv[1:]))
