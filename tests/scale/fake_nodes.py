"""Nodes that are not there: each pod bound to one runs at once, waits, stores its images by its forms, and ends.

It is a process of its own: `python -m scale.fake_nodes SERVER TOKEN AUTHORITY NODES SECONDS`. What a capture pod does
is done but for Chromium: the job is read from its variables, the object goes through the signed form into the bucket,
and the termination message is the contract's. A stage of kwok can do none of these: it would need a process like this
one beside it, to upload and to tell it what to write.
"""

import asyncio
import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from kubeshot_contract.job import CaptureJob, UploadForm, take_job
from kubeshot_contract.result import CaptureResult, Outcome, Page, Stage, StageVerdict, StoredImage
from kubeshot_contract.result_message import encode_result
from kubeshot_contract.storage import SHA256_METADATA, SHA256_PREFIX, form_field
from scale.client import Client, connected

Raw = dict[str, Any]

PODS = "/api/v1/pods"
LABEL = "app.kubernetes.io/managed-by=kubeshot"
PREFIX = "fake-"
_ROOM = {"cpu": "4000", "memory": "8Ti", "pods": "5000"}
_MILLISECONDS = 100
_RETRY_SECONDS = 0.5


class Nodes:
    """Follows all pods of ours; what a watch tells twice is done once."""

    def __init__(self, client: Client, storage: aiohttp.ClientSession, seconds: float) -> None:
        """Let captures take so many seconds, and what their `wait.delay` says besides."""
        self._client = client
        self._storage = storage
        self._seconds = seconds
        self._running: dict[str, asyncio.Task[None]] = {}

    async def make(self, count: int) -> None:
        """Put nodes into the cluster."""
        for number in range(count):
            path = f"/api/v1/nodes/{PREFIX}{number}"
            await self._client.call("POST", "/api/v1/nodes", {"metadata": {"name": f"{PREFIX}{number}"}})
            # The API server marks each new node as not ready; the controller that would take that off does not run.
            await self._client.call("PATCH", path, {"spec": {"taints": None}})
            status = {"capacity": _ROOM, "allocatable": _ROOM, "conditions": [{"type": "Ready", "status": "True"}]}
            await self._client.call("PATCH", f"{path}/status", {"status": status})

    async def run(self) -> None:
        """Run pods until cancelled; a watch that ends is begun anew with all that is there."""
        while True:
            try:
                async for event in self._client.watch(PODS, labelSelector=LABEL):
                    self._see(event)
            except aiohttp.ClientError:
                await asyncio.sleep(_RETRY_SECONDS)

    def _see(self, event: Raw) -> None:
        pod = event["object"]
        uid = pod["metadata"].get("uid", "")
        if event["type"] == "DELETED":
            if (task := self._running.pop(uid, None)) is not None:
                task.cancel()
        elif "deletionTimestamp" in pod["metadata"]:
            # A kubelet would end its containers first.
            self._begin(f"{uid} ends", self._remove(pod))
        elif pod.get("spec", {}).get("nodeName", "").startswith(PREFIX) and pod["status"]["phase"] == "Pending":
            self._begin(uid, self._live(pod))

    def _begin(self, name: str, work: Any) -> None:
        if name in self._running:
            work.close()
            return
        self._running[name] = asyncio.create_task(work)

    async def _remove(self, pod: Raw) -> None:
        await self._try("DELETE", _path(pod), {"gracePeriodSeconds": 0})

    async def _live(self, pod: Raw) -> None:
        started = _now()
        status = {"phase": "Running", "startTime": started, **_container({"running": {"startedAt": started}})}
        await self._try("PATCH", f"{_path(pod)}/status", {"status": status})
        job = _job_of(pod)
        await asyncio.sleep(self._seconds + (job.spec.wait.delay_ms / 1000 if job else 0.0))
        message = encode_result(await self._capture(job)) if job else ""
        ended = {"exitCode": 0, "reason": "Completed", "message": message, "startedAt": started, "finishedAt": _now()}
        status = {"phase": "Succeeded", **_container({"running": None, "terminated": ended})}
        await self._try("PATCH", f"{_path(pod)}/status", {"status": status})

    async def _capture(self, job: CaptureJob) -> CaptureResult:
        stored = [await self._store(name, form) for name, form in job.uploads.items()]
        return CaptureResult(
            run=job.run,
            attempt=job.attempt,
            finished=True,
            page=Page("http://site.example/", 200, f"Page of {job.name}"),
            stages=tuple(StageVerdict(stage, Outcome.SETTLED, _MILLISECONDS) for stage in Stage),
            outputs=tuple(stored),
            peak_memory=300 * 2**20,
        )

    async def _store(self, output: str, form: UploadForm) -> StoredImage:
        picture = f"a picture of {form.key}".encode()
        digest = hashlib.sha256(picture).hexdigest()
        data = aiohttp.FormData()
        for name, value in {**form.fields, form_field(SHA256_METADATA): SHA256_PREFIX + digest}.items():
            data.add_field(name, value)
        data.add_field("file", picture, filename="picture")
        async with self._storage.post(form.url, data=data) as response:
            response.raise_for_status()
        return StoredImage(output, digest, len(picture), 1280, 800, "0f" * 8)

    async def _try(self, method: str, path: str, body: Raw) -> None:
        """Make a call; a pod that is gone by then needs none."""
        try:
            await self._client.call(method, path, body)
        except aiohttp.ClientResponseError as error:
            if error.status not in (404, 409):
                raise


def _job_of(pod: Raw) -> CaptureJob | None:
    """Return a pod's job; those of `bare_loop` have none, and end without a word."""
    [container] = pod["spec"]["containers"]
    variables = {item["name"]: item["value"].replace("$$", "$") for item in container.get("env", ()) if "value" in item}
    return take_job(variables) if variables else None


def _container(state: Raw) -> Raw:
    return {
        "containerStatuses": [
            {"name": "capture", "image": "none", "imageID": "", "ready": False, "restartCount": 0, "state": state}
        ]
    }


def _path(pod: Raw) -> str:
    return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def _main(server: str, token: str, authority: str, count: str, seconds: str) -> None:
    async with connected(server, token, Path(authority)) as client, aiohttp.ClientSession() as storage:
        nodes = Nodes(client, storage, float(seconds))
        await nodes.make(int(count))
        await nodes.run()


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
