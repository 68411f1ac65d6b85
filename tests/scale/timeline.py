"""All that became of requests and their pods since a moment, in the order and at the times in which it was told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from e2e.pod_times import request_of
from e2e.space import CAPTURES, has_ended
from e2e.watch import Change
from scale.client import REQUESTS, Client
from scale.load import FINISHED

Raw = dict[str, Any]

PODS = "/api/v1/pods"
_LOOK_SECONDS = 0.1
_TELL_SECONDS = 10.0
_RETRY_SECONDS = 0.5
# Ten thousand requests change 70,000 times, their pods included; of each this much is kept.
_METADATA = ("namespace", "name", "uid", "resourceVersion", "labels", "annotations")
_STATUS = ("phase", "containerStatuses")


@dataclass(frozen=True, slots=True)
class Told:
    """A change, and the second of the monotonic clock at which it was told."""

    at: float
    change: Change


class Timeline:
    """The changes of the requests whose names begin with a word, and of their pods."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.requests: list[Told] = []
        self.pods: list[Told] = []
        self._finished: set[str] = set()
        self._live: set[str] = set()
        self._started: set[str] = set()

    @property
    def finished(self) -> int:
        """How many requests have ended."""
        return len(self._finished)

    @property
    def live_pods(self) -> int:
        """How many pods have not ended."""
        return len(self._live)

    def has_started(self, name: str) -> bool:
        """Say whether a request got a pod."""
        return name in self._started

    @property
    def pods_made(self) -> list[Told]:
        """Return the creations of pods."""
        return [told for told in self.pods if told.change.kind == "ADDED"]

    @property
    def writes(self) -> list[Told]:
        """Return the changes of requests after their creation; nobody but the operator makes any."""
        return [told for told in self.requests if told.change.kind == "MODIFIED"]

    def take_request(self, told: Told) -> None:
        """Take in a change of a request."""
        self.requests.append(told)
        body = told.change.body
        if body["status"].get("phase") in FINISHED:
            self._finished.add(body["metadata"]["uid"])

    def take_pod(self, told: Told) -> None:
        """Take in a change of a pod."""
        self.pods.append(told)
        self._started.add(request_of(told.change.body))
        uid = told.change.body["metadata"]["uid"]
        if told.change.kind == "DELETED" or has_ended(told.change.body):
            self._live.discard(uid)
        else:
            self._live.add(uid)

    async def until(self, holds: Callable[[], bool], what: str, within: float) -> None:
        """Wait until something holds, and say every 10 seconds how far it has come."""
        begun = last = time.monotonic()
        while not holds():
            await asyncio.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            if now - last > _TELL_SECONDS:
                last = now
                print(f"  {now - begun:4.0f} s: {self.finished:,} over, {self.live_pods} pods run; {what}", flush=True)
            assert now - begun < within, f"not within {within:g} s: {what}"

    async def until_finished(self, count: int, within: float) -> None:
        """Wait until so many requests have ended."""
        await self.until(lambda: self.finished >= count, f"until {count:,} are over", within)


@asynccontextmanager
async def followed(client: Client, prefix: str) -> AsyncIterator[Timeline]:
    """Follow what happens from now on, to the end of the block."""
    timeline = Timeline(prefix)
    ways = ((REQUESTS, "", timeline.take_request), (PODS, CAPTURES, timeline.take_pod))
    since = [await _version(client, path) for path, _, _ in ways]
    async with asyncio.TaskGroup() as group:
        following = [
            group.create_task(_follow(client, (path, selector, version), prefix, take))
            for (path, selector, take), version in zip(ways, since, strict=True)
        ]
        yield timeline
        for task in following:
            task.cancel()


def changes(told: Iterable[Told]) -> list[Change]:
    """Return what was told without its times."""
    return [each.change for each in told]


async def _follow(client: Client, way: tuple[str, str, str], prefix: str, take: Callable[[Told], None]) -> None:
    path, selector, version = way
    while True:
        asked = {"labelSelector": selector, "resourceVersion": version, "allowWatchBookmarks": "true"}
        try:
            async for event in client.watch(path, **asked):
                assert event["type"] != "ERROR", f"the watch of {path} broke: {event['object']}"
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] != "BOOKMARK" and event["object"]["metadata"]["name"].startswith(f"{prefix}-"):
                    take(Told(time.monotonic(), Change(event["type"], _outline(event["object"]))))
        except aiohttp.ClientError:
            # Nothing is missed: it is begun anew where it ended.
            await asyncio.sleep(_RETRY_SECONDS)


async def _version(client: Client, path: str) -> str:
    listed = await client.call("GET", f"{path}?limit=1")
    return str(listed["metadata"]["resourceVersion"])


def _outline(body: Raw) -> Raw:
    metadata, status = body["metadata"], body.get("status", {})
    return {
        "metadata": {name: metadata[name] for name in _METADATA if name in metadata},
        "status": {name: status[name] for name in _STATUS if name in status},
    }
