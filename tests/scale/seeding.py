"""Requests that were captured long ago, put into etcd as the API server stores them, many in one call."""

import base64
import copy
import json
from typing import Any
from uuid import uuid4

import aiohttp

from scale.client import at_a_time

Raw = dict[str, Any]

# By default etcd takes up to 128 operations and 1.5 MiB at once. What one call stores has the same resource version,
# which is never so by the API server; but nobody watches meanwhile, and nothing compares the versions of two objects.
_BATCH = 50


async def seed(etcd: str, like: Raw, namespaces: list[str], numbers: range, prefix: str) -> None:
    """Store requests of these numbers, like this one in all but name and UID, dealt to the namespaces in turn."""
    template = copy.deepcopy(like)
    del template["metadata"]["resourceVersion"]
    async with aiohttp.ClientSession() as session:

        async def put(batch: range) -> None:
            puts = [
                {"requestPut": _put(template, namespaces[number % len(namespaces)], f"{prefix}-{number}")}
                for number in batch
            ]
            async with session.post(f"{etcd}/v3/kv/txn", json={"success": puts}) as response:
                response.raise_for_status()

        await at_a_time((numbers[start : start + _BATCH] for start in range(0, len(numbers), _BATCH)), put)


def _put(template: Raw, namespace: str, name: str) -> Raw:
    metadata = {**template["metadata"], "namespace": namespace, "name": name, "uid": str(uuid4())}
    key = f"/registry/kubeshot.dev/screenshotrequests/{namespace}/{name}"
    body = json.dumps({**template, "metadata": metadata})
    return {"key": _encoded(key), "value": _encoded(body)}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
