"""A real MinIO, one for all tests, and a bucket for each test that asks for one."""

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from minio import Minio

from integration.minio_server import running_minio


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
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MinioServer]:
    """Run MinIO for all tests."""
    folder = tmp_path_factory.mktemp("minio")
    with running_minio(folder) as server:
        yield MinioServer(server.endpoint, server.access_key, server.secret_key)
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
