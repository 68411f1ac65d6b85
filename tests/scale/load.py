"""Requests by the thousand: created at once, waited for, counted."""

import itertools
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from scale.client import REQUESTS, Client, at_a_time

Raw = dict[str, Any]
SpecOf = Callable[[int], Raw]

FINISHED = ("Succeeded", "Failed")
_TELL_EVERY = 1000


def fresh(word: str) -> str:
    """Return a prefix for names that no requests had before, so that a test can be run again."""
    return f"{word}-{secrets.token_hex(2)}"


def request(namespace: str, name: str, **spec: Any) -> Raw:
    """Return a request for a page."""
    return {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "ScreenshotRequest",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"url": f"http://site.example/{name}", "deadline": "1h", **spec},
    }


def spread(count: int, namespaces: list[str], prefix: str, spec_of: SpecOf = lambda _: {}) -> list[Raw]:
    """Return so many requests, dealt to the namespaces in turn; `spec_of` adds to the spec of each number."""
    return [
        request(namespaces[number % len(namespaces)], f"{prefix}-{number}", **spec_of(number))
        for number in range(count)
    ]


def path_of(body: Raw) -> str:
    """Return where a request is."""
    metadata = body["metadata"]
    return f"/apis/kubeshot.dev/v1alpha1/namespaces/{metadata['namespace']}/screenshotrequests/{metadata['name']}"


async def create(client: Client, bodies: Iterable[Raw]) -> None:
    """Create requests, as fast as the API server takes them."""
    created = itertools.count(1)

    async def post(body: Raw) -> None:
        await client.call("POST", path_of(body).rpartition("/")[0], body)
        if (done := next(created)) % _TELL_EVERY == 0:
            print(f"  {done:,} created", flush=True)

    await at_a_time(bodies, post)


async def delete(client: Client, bodies: Iterable[Raw]) -> None:
    """Delete requests."""
    await at_a_time(bodies, lambda body: client.call("DELETE", path_of(body)))


async def make_namespaces(client: Client, count: int) -> list[str]:
    """Create namespaces and return their names."""
    names = [f"team-{number}" for number in range(count)]
    known = {item["metadata"]["name"] async for item in client.items("/api/v1/namespaces")}
    missing = [name for name in names if name not in known]
    await at_a_time(missing, lambda name: client.call("POST", "/api/v1/namespaces", {"metadata": {"name": name}}))
    return names


async def outcomes(client: Client, prefix: str) -> Counter[tuple[str, int, int]]:
    """Count the requests of this prefix by phase, run and number of attempts."""
    counted: Counter[tuple[str, int, int]] = Counter()
    async for item in client.items(REQUESTS):
        if item["metadata"]["name"].startswith(f"{prefix}-"):
            status = item["status"]
            counted[status["phase"], status["run"], len(status["attempts"])] += 1
    return counted
