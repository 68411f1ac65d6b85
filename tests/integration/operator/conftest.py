"""A second MinIO, with TLS and a key for encryption at rest, for what the first one cannot show."""

import base64
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration.minio_server import running_minio

KEY_NAME = "shots-key"


@dataclass(frozen=True, slots=True)
class SecureServer:
    """A server behind TLS; `certificate` is its own authority, `key_name` names its encryption key."""

    endpoint: str
    access_key: str
    secret_key: str
    certificate: Path
    key_name: str = KEY_NAME


@pytest.fixture(scope="session")
def secure_minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureServer]:
    """Run MinIO with a certificate of its own and an encryption key."""
    folder = tmp_path_factory.mktemp("secure-minio")
    certificate = folder / "certs" / "public.crt"
    make_certificate(certificate.parent)
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    with running_minio(
        folder,
        certificate=certificate,
        options=("--certs-dir", str(certificate.parent)),
        variables={"MINIO_KMS_SECRET_KEY": f"{KEY_NAME}:{key}"},
    ) as server:
        yield SecureServer(f"https://{server.endpoint}", server.access_key, server.secret_key, certificate)


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
