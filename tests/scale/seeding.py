"""Requests that were captured long ago, put into etcd as the API server stores them, which creates them faster."""

import base64
import copy
import json
from typing import Any
from uuid import uuid4

import aiohttp

from scale.client import at_a_time

Raw = dict[str, Any]


async def seed(etcd: str, like: Raw, namespaces: list[str], numbers: range, prefix: str) -> None:
    """Store requests of these numbers, like this one in all but name and UID, dealt to the namespaces in turn."""
    template = copy.deepcopy(like)
    del template["metadata"]["resourceVersion"]
    async with aiohttp.ClientSession() as session:

        async def put(number: int) -> None:
            body = _put(template, namespaces[number % len(namespaces)], f"{prefix}-{number}")
            async with session.post(f"{etcd}/v3/kv/put", json=body) as response:
                response.raise_for_status()

        await at_a_time(numbers, put)


def _put(template: Raw, namespace: str, name: str) -> Raw:
    metadata = {**template["metadata"], "namespace": namespace, "name": name, "uid": str(uuid4())}
    key = f"/registry/kubeshot.dev/screenshotrequests/{namespace}/{name}"
    body = json.dumps({**template, "metadata": metadata})
    return {"key": _encoded(key), "value": _encoded(body)}


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
