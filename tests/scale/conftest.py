"""A control plane, nodes that are not there, a bucket, and the operator as a process: one of each for all tests."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration.conftest import MinioServer, new_bucket
from integration.minio_server import running_minio
from scale.control_plane import REPOSITORY, ControlPlane, running, running_control_plane
from scale.operator_process import NAMESPACE, Operator

NODES = 4
CAPTURE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much the suite does. `profile` is where Python's profile of the operator goes, if anywhere."""

    requests: int
    finished: int
    profile: Path | None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the sizes of the suite; as they are it takes less than two minutes."""
    group = parser.getgroup("scale")
    group.addoption("--requests", type=int, default=400, help="requests that are captured")
    group.addoption("--finished", type=int, default=2000, help="requests that were captured long ago")
    group.addoption("--profile", type=Path, default=None, help="file for a profile of the operator")


@pytest.fixture(scope="session")
def sizes(request: pytest.FixtureRequest) -> Sizes:
    """Return how much the suite does."""
    option = request.config.getoption
    return Sizes(option("--requests"), option("--finished"), option("--profile"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all state and logs."""
    return tmp_path_factory.mktemp("scale")


@pytest.fixture(scope="session")
def plane(folder: Path) -> Iterator[ControlPlane]:
    """Run a control plane with our CRDs and nodes that are not there."""
    with running_control_plane(folder) as started:
        started.kubectl.run("apply", "-k", "crds")
        started.kubectl.run("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
        started.kubectl.run("create", "namespace", NAMESPACE)
        words = ["-m", "scale.fake_nodes", started.server, started.token, str(started.authority)]
        command = [sys.executable, *words, str(NODES), str(CAPTURE_SECONDS)]
        paths = f"{REPOSITORY / 'tests'}:{REPOSITORY / 'capture-image'}"
        with running("nodes", command, folder, PYTHONPATH=paths):
            yield started


@pytest.fixture(scope="session")
def capture_class(plane: ControlPlane, folder: Path) -> Iterator[None]:
    """Run a bucket, and have the default class store in it."""
    with running_minio(folder) as server:
        bucket = new_bucket(MinioServer(server.endpoint, server.access_key, server.secret_key))
        secret = {"accessKey": server.access_key, "secretKey": server.secret_key}
        metadata = {"name": "bucket", "namespace": NAMESPACE}
        plane.kubectl.apply(
            {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": secret},
            _class(f"http://{server.endpoint}", bucket),
        )
        yield


@pytest.fixture
def operator(plane: ControlPlane, capture_class: None, folder: Path, sizes: Sizes) -> Iterator[Operator]:
    """Run the operator."""
    started = Operator(plane, folder, sizes.profile)
    started.start()
    yield started
    started.stop()


def _class(endpoint: str, bucket: str) -> dict[str, object]:
    most = 10_000
    return {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "CaptureClass",
        "metadata": {"name": "default", "annotations": {"kubeshot.dev/is-default-class": "true"}},
        "spec": {
            "pod": {"image": "kubeshot/capture:none"},
            "storage": {"endpoint": endpoint, "bucket": bucket, "credentialsSecretName": "bucket"},
            "limits": {"concurrent": most, "perNamespace": most, "perHost": most},
        },
    }
