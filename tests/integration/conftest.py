"""Real S3 servers, one of each kind for all tests, and a bucket for each test that asks for one."""

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from minio import Minio

from integration.minio_server import running_minio
from integration.seaweedfs_server import running_seaweedfs


@dataclass(frozen=True, slots=True)
class S3Server:
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
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Run MinIO for all tests."""
    folder = tmp_path_factory.mktemp("minio")
    with running_minio(folder) as server:
        yield S3Server(server.endpoint, server.access_key, server.secret_key)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Run SeaweedFS for all tests."""
    folder = tmp_path_factory.mktemp("seaweedfs")
    with running_seaweedfs(folder) as server:
        yield S3Server(server.endpoint, server.access_key, server.secret_key)
    shutil.rmtree(folder)


@pytest.fixture
def bucket(minio: S3Server) -> str:
    """Make an empty bucket and return its name."""
    return new_bucket(minio)


def new_bucket(server: S3Server) -> str:
    """Make an empty bucket and return its name; for tests that need several."""
    name = f"test-{secrets.token_hex(8)}"
    server.client().make_bucket(name)
    return name
