"""A real MinIO, one for all tests, and a bucket for each test that asks for one."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from minio import Minio

from kubeshot_cluster.binaries import build
from kubeshot_cluster.places import places_from
from kubeshot_cluster.steps import Steps

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class MinioServer:
    """A running server and its root credentials; `endpoint` is host and port."""

    endpoint: str
    access_key: str
    secret_key: str

    @property
    def url(self) -> str:
        """The base of all its addresses."""
        return f"http://{self.endpoint}"

    def client(self) -> Minio:
        """Return a client. Its region is given, for without one it would ask the server before it signs."""
        return Minio(
            self.endpoint, access_key=self.access_key, secret_key=self.secret_key, secure=False, region="us-east-1"
        )


@pytest.fixture(scope="session")
def minio() -> Iterator[MinioServer]:
    """Run MinIO on a port of its own, built by the cluster's tools when it isn't in their cache yet."""
    server = MinioServer(f"127.0.0.1:{_free_port()}", "root-of-tests", secrets.token_hex(16))
    folder = Path(tempfile.mkdtemp(prefix="kubeshot-minio-"))
    program = build("minio", places_from(os.environ, REPOSITORY), Steps(sys.stderr, folder, os.environ)) / "minio"
    process = subprocess.Popen(
        [program, "server", "--quiet", "--address", server.endpoint, str(folder / "data")],
        env={
            **os.environ,
            "MINIO_ROOT_USER": server.access_key,
            "MINIO_ROOT_PASSWORD": server.secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(server, process)
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


@pytest.fixture
def bucket(minio: MinioServer) -> str:
    """Make an empty bucket and return its name."""
    return new_bucket(minio)


def new_bucket(minio: MinioServer) -> str:
    """Make an empty bucket and return its name; for tests that need several."""
    name = f"test-{secrets.token_hex(8)}"
    minio.client().make_bucket(name)
    return name


def _wait_until_ready(server: MinioServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/minio/health/ready", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"MinIO was not ready after {START_SECONDS} s, exit code {process.poll()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
