"""A second MinIO, with TLS and a key for encryption at rest, for what the first one cannot show."""

import base64
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from integration.conftest import REPOSITORY, START_SECONDS, _free_port
from kubeshot_cluster.binaries import build
from kubeshot_cluster.places import places_from
from kubeshot_cluster.steps import Steps


@dataclass(frozen=True, slots=True)
class SecureServer:
    """A server behind TLS; `certificate` is its own authority, `key_name` names its encryption key."""

    endpoint: str
    access_key: str
    secret_key: str
    certificate: Path
    key_name: str = "shots-key"


@pytest.fixture(scope="session")
def secure_minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureServer]:
    """Run MinIO with a certificate of its own and an encryption key."""
    folder = tmp_path_factory.mktemp("secure-minio")
    server = SecureServer(
        f"https://127.0.0.1:{_free_port()}", "root-of-tests", secrets.token_hex(16), folder / "certs" / "public.crt"
    )
    make_certificate(folder / "certs")
    program = build("minio", places_from(os.environ, REPOSITORY), Steps(sys.stderr, folder, os.environ)) / "minio"
    address, certificates = server.endpoint.removeprefix("https://"), str(folder / "certs")
    process = subprocess.Popen(
        [program, "server", "--quiet", "--address", address, "--certs-dir", certificates, str(folder / "data")],
        env={
            **os.environ,
            "MINIO_ROOT_USER": server.access_key,
            "MINIO_ROOT_PASSWORD": server.secret_key,
            "MINIO_KMS_SECRET_KEY": f"{server.key_name}:{base64.b64encode(secrets.token_bytes(32)).decode()}",
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


def make_certificate(folder: Path) -> None:
    """Make a certificate for 127.0.0.1 that signs itself, in the files that MinIO looks for."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = str(folder / "private.key"), str(folder / "public.crt")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    names = ("-subj", "/CN=minio", "-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(
        ["openssl", "req", "-x509", "-days", "1", *curve, *names, "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )


def _wait_until_ready(server: SecureServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    with urllib3.PoolManager(ca_certs=str(server.certificate), retries=False, timeout=1.0) as pool:
        while time.monotonic() < end and process.poll() is None:
            try:
                if pool.request("GET", f"{server.endpoint}/minio/health/ready").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
    raise RuntimeError(f"MinIO was not ready after {START_SECONDS} s, exit code {process.poll()}")
