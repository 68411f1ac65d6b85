"""Runs MinIO on a port of its own, built by the cluster's tools when it isn't in their cache yet."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import urllib3

from kubeshot_cluster.binaries import build
from kubeshot_cluster.places import places_from
from kubeshot_cluster.steps import Steps

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
# What is not signed is forbidden as soon as the server knows who may do what; before that it is unavailable.
FORBIDDEN = 403


@dataclass(frozen=True, slots=True)
class Running:
    """A server: host and port, and its root credentials."""

    endpoint: str
    access_key: str
    secret_key: str


@contextmanager
def running_minio(
    folder: Path,
    *,
    certificate: Path | None = None,
    options: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Run a server with its data in a folder, behind TLS when `certificate` is its own authority's."""
    server = Running(f"127.0.0.1:{free_port()}", "root-of-tests", secrets.token_hex(16))
    program = build("minio", places_from(os.environ, REPOSITORY), Steps(sys.stderr, folder, os.environ)) / "minio"
    process = subprocess.Popen(
        [program, "server", "--quiet", "--address", server.endpoint, *options, str(folder / "data")],
        env={
            **os.environ,
            "MINIO_ROOT_USER": server.access_key,
            "MINIO_ROOT_PASSWORD": server.secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            **(variables or {}),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(server, process, certificate)
        yield server
    finally:
        process.kill()
        process.wait()


def wait_until_ready(server: Running, process: subprocess.Popen[bytes], certificate: Path | None = None) -> None:
    """Return when a server refuses what is not signed; raise `RuntimeError` when it does not come to that."""
    url = f"{'https' if certificate else 'http'}://{server.endpoint}/"
    end = time.monotonic() + START_SECONDS
    with urllib3.PoolManager(ca_certs=certificate and str(certificate), retries=False, timeout=1.0) as pool:
        while time.monotonic() < end and process.poll() is None:
            try:
                if pool.request("GET", url).status == FORBIDDEN:
                    return
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.05)
    raise RuntimeError(f"the S3 server was not ready after {START_SECONDS} s, exit code {process.poll()}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
