"""Requests by the thousand: created at once, waited for, counted."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from scale.client import REQUESTS, Client, at_a_time

Raw = dict[str, Any]

FINISHED = ("Succeeded", "Failed")
_INTERVAL = 1.0


def request(namespace: str, name: str, **spec: Any) -> Raw:
    """Return a request for a page."""
    return {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "ScreenshotRequest",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"url": f"http://site.example/{name}", "deadline": "1h", **spec},
    }


def spread(count: int, namespaces: list[str], prefix: str) -> list[Raw]:
    """Return so many requests, dealt to the namespaces in turn."""
    return [request(namespaces[number % len(namespaces)], f"{prefix}-{number}") for number in range(count)]


def path_of(body: Raw) -> str:
    """Return where a request is."""
    metadata = body["metadata"]
    return f"/apis/kubeshot.dev/v1alpha1/namespaces/{metadata['namespace']}/screenshotrequests/{metadata['name']}"


async def create(client: Client, bodies: Iterable[Raw]) -> None:
    """Create requests, as fast as the API server takes them."""
    await at_a_time(bodies, lambda body: client.call("POST", path_of(body).rpartition("/")[0], body))


async def make_namespaces(client: Client, count: int) -> list[str]:
    """Create namespaces and return their names."""
    names = [f"team-{number}" for number in range(count)]
    known = {item["metadata"]["name"] async for item in client.items("/api/v1/namespaces")}
    missing = [name for name in names if name not in known]
    await at_a_time(missing, lambda name: client.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}}))
    return names


async def unfinished(client: Client, prefix: str) -> int:
    """Return how many requests of this prefix have not ended."""
    selector = ",".join(f"status.phase!={phase}" for phase in FINISHED)
    found = [item async for item in client.items(REQUESTS, fieldSelector=selector)]
    return sum(item["metadata"]["name"].startswith(prefix) for item in found)


async def all_finished(client: Client, prefix: str, within: float, tell: Callable[[int], None]) -> None:
    """Wait until no request of this prefix is unfinished."""
    async with asyncio.timeout(within):
        while left := await unfinished(client, prefix):
            tell(left)
            await asyncio.sleep(_INTERVAL)


async def outcomes(client: Client, prefix: str) -> Counter[tuple[str, int, int]]:
    """Count the requests of this prefix by phase, run and number of attempts."""
    counted: Counter[tuple[str, int, int]] = Counter()
    async for item in client.items(REQUESTS):
        if item["metadata"]["name"].startswith(prefix):
            status = item["status"]
            counted[status["phase"], status["run"], len(status["attempts"])] += 1
    return counted


async def note_pods(client: Client, prefix: str, names: set[str]) -> None:
    """Note the names of all pods of requests of this prefix, until cancelled."""
    async for event in client.watch("/api/v1/pods", labelSelector="app.kubernetes.io/managed-by=kubeshot"):
        metadata = event["object"]["metadata"]
        if metadata["name"].startswith(prefix):
            names.add(f"{metadata['namespace']}/{metadata['name']} {metadata['uid']}")
