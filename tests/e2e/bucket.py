"""The bucket, looked at from outside the cluster through a forwarded port."""

import base64
import subprocess
from dataclasses import dataclass
from typing import IO

import urllib3
from minio import Minio
from minio.deleteobjects import DeleteObject

from e2e.kubectl import Kubectl

NAMESPACE = "kubeshot-system"
SERVICE = "minio"
SECRET = "kubeshot-storage"


@dataclass(frozen=True, slots=True)
class Download:
    """An object's content and what the server says of it."""

    content: bytes
    content_type: str
    metadata: dict[str, str]


class Storage:
    """The demo's MinIO."""

    def __init__(self, kubectl: Kubectl) -> None:
        """Forward a port to MinIO."""
        command, environment = kubectl.command("port-forward", "-n", NAMESPACE, f"service/{SERVICE}", ":9000")
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        port = _forwarded_port(self._process.stdout)
        secret = kubectl.get("secret", SECRET, "-n", NAMESPACE)["data"]
        access_key, secret_key = (base64.b64decode(secret[key]).decode() for key in ("accessKey", "secretKey"))
        self._pool = urllib3.PoolManager(timeout=10, retries=urllib3.Retry(3, backoff_factor=0.2))
        self._client = Minio(
            f"127.0.0.1:{port}",
            access_key=access_key,
            secret_key=secret_key,
            secure=False,
            region="us-east-1",
            http_client=self._pool,
        )

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Return the keys that start with this prefix."""
        found = self._client.list_objects(bucket, prefix=prefix, recursive=True)
        return sorted(str(item.object_name) for item in found)

    def download(self, bucket: str, key: str) -> Download:
        """Return an object."""
        response = self._client.get_object(bucket, key)
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Download(response.data, headers["content-type"], headers)
        finally:
            response.close()
            response.release_conn()

    def make_bucket(self, bucket: str) -> None:
        """Make a bucket."""
        self._client.make_bucket(bucket)

    def remove_bucket(self, bucket: str) -> None:
        """Remove a bucket with all that is in it."""
        found = [DeleteObject(key) for key in self.keys(bucket, "")]
        errors = list(self._client.remove_objects(bucket, found))
        assert errors == []
        self._client.remove_bucket(bucket)

    def close(self) -> None:
        """End the port-forward."""
        self._pool.clear()
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _forwarded_port(output: IO[str]) -> int:
    first = output.readline()
    assert first.startswith("Forwarding from 127.0.0.1:"), f"kubectl port-forward said: {first!r}"
    return int(first.split(":")[1].split(" ")[0])
