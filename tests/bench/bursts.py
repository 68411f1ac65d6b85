"""Many pictures at once, made by a loop in a pod or by requests; both tell the same of it."""

import base64
import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minio import Minio

from bench.hosting import address, loop_command
from bench.measure import median
from bench.setting import VIEWPORT
from bench.site.page import Page
from e2e.bucket import SECRET
from e2e.eventually import eventually
from e2e.kubectl import Kubectl
from e2e.space import OPERATOR_NAMESPACE, Shot, Space

LOOK_EVERY = 0.1
LONGEST_SECONDS = 420
OUTPUT = {"name": "page", "area": "FullPage"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its key, if it was made, the seconds from the start of all, and those of its own capture."""

    page: Page
    key: str | None
    wait: float
    work: float


@dataclass(frozen=True, slots=True)
class Burst:
    """All pictures, and the seconds until the last; of requests also how many needed a retry, and their size."""

    seconds: float
    pictures: list[Picture]
    retried: int = 0
    object_bytes: float = 0.0


class Loop:
    """The loop, running in its pod."""

    def __init__(self, kubectl: Kubectl, namespace: str, bucket: str) -> None:
        """Start the loop; its browser starts while nothing is asked of it yet."""
        self._namespace = namespace
        self._bucket = bucket
        self._minio = _minio(kubectl)
        self._orders = 0
        command, environment = kubectl.command(*loop_command(namespace))
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def burst(self, pages: Sequence[Page], concurrency: int) -> Burst:
        """Make pictures of pages, so many at a time."""
        self._orders += 1
        by_key = {f"{self._namespace}/loop/{self._orders}/{place}.png": page for place, page in enumerate(pages)}
        signed = {key: self._minio.presigned_put_object(self._bucket, key) for key in by_key}
        work = [{"url": address(self._namespace, page.path), "put": signed[key]} for key, page in by_key.items()]
        done = self._ask({"concurrency": concurrency, "viewport": VIEWPORT, "work": work})
        keys = {address: key for key, address in signed.items()}
        pictures = [
            Picture(
                by_key[keys[each["put"]]],
                None if each["error"] else keys[each["put"]],
                each["ended"],
                each["ended"] - each["began"],
            )
            for each in done
        ]
        return Burst(max(picture.wait for picture in pictures), pictures)

    def close(self) -> None:
        """Let the loop end."""
        self._process.communicate()

    def _ask(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the loop ended before it answered"
        return list(json.loads(answer))


def burst(space: Space, class_name: str, pages: Sequence[Page], prefix: str) -> Burst:
    """Apply a request for each page in one call, and wait until the last is ready or has failed."""
    specs = {
        f"{prefix}-{place:03}": {
            "url": address(space.namespace, page.path),
            "captureClassName": class_name,
            "viewport": VIEWPORT,
            "outputs": [OUTPUT],
        }
        for place, page in enumerate(pages)
    }
    begin = time.monotonic()
    ended: dict[str, float] = {}
    shots = space.requests(specs)

    def all_ended() -> bool:
        for name, body in space.last_states().items():
            if name in shots and name not in ended and body.get("status", {}).get("phase") in ("Succeeded", "Failed"):
                ended[name] = time.monotonic() - begin
        return len(ended) == len(shots)

    eventually(all_ended, within=LONGEST_SECONDS, what="all requests have ended", interval=LOOK_EVERY)
    pictures = [_picture(shot, page, ended[shot.name]) for shot, page in zip(shots.values(), pages, strict=True)]
    retried = sum(len(shot.attempts) > 1 for shot in shots.values())
    return Burst(max(ended.values()), pictures, retried, median(len(json.dumps(shot.body)) for shot in shots.values()))


def _picture(shot: Shot, page: Page, wait: float) -> Picture:
    status = shot.status
    stages = status.get("verdict", {}).get("stages", ())
    work = sum(stage["milliseconds"] for stage in stages) / 1000
    key = status["outputs"][0]["key"] if status["phase"] == "Succeeded" else None
    return Picture(page, key, wait, work)


def _minio(kubectl: Kubectl) -> Minio:
    """Return a client that signs for the storage's address inside the cluster; it never calls there."""
    secret = kubectl.get("secret", SECRET, "-n", OPERATOR_NAMESPACE)["data"]
    access_key, secret_key = (base64.b64decode(secret[key]).decode() for key in ("accessKey", "secretKey"))
    endpoint = f"minio.{OPERATOR_NAMESPACE}.svc:9000"
    return Minio(endpoint, access_key=access_key, secret_key=secret_key, secure=False, region="us-east-1")
