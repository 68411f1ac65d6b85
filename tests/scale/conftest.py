"""A control plane, nodes that are not there, a bucket, and the operator as a process: one of each for all tests."""

import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integration.conftest import S3Server, new_bucket
from integration.minio_server import running_minio
from scale.client import Client, connected
from scale.control_plane import REPOSITORY, ControlPlane, running, running_control_plane
from scale.ledger import Ledger
from scale.operator_process import NAMESPACE, Operator, Post

NODES = 4
CAPTURE_SECONDS = 1.0
# Few, so that many wait.
FEW_PODS = 3
STRICT = {"concurrent": 10, "perNamespace": 3, "perHost": 2}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much the suite does. `profile` is where Python's profile of the operator goes, if anywhere."""

    requests: int
    finished: int
    crowd: int
    flight: int
    profile: Path | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the tests stand on: a control plane that has nodes and a bucket, and a folder for state and logs."""

    plane: ControlPlane
    folder: Path

    def connected(self) -> AbstractAsyncContextManager[Client]:
        """Open a session with the API server."""
        return connected(self.plane.server, self.plane.token, self.plane.authority)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the sizes of the suite; as they are it takes less than two minutes."""
    group = parser.getgroup("scale")
    group.addoption("--requests", type=int, default=150, help="requests that are captured")
    group.addoption("--finished", type=int, default=1000, help="requests that were captured long ago")
    group.addoption("--crowd", type=int, default=120, help="requests of one namespace before that of another")
    group.addoption("--flight", type=int, default=40, help="pods that run when the leader ends")
    group.addoption("--profile", type=Path, default=None, help="file for a profile of the operator")
    group.addoption("--figures", type=Path, default=None, help="file for the figures, as JSON")


@pytest.fixture(scope="session")
def sizes(request: pytest.FixtureRequest) -> Sizes:
    """Return how much the suite does."""
    option = request.config.getoption
    return Sizes(option("--requests"), option("--finished"), option("--crowd"), option("--flight"), option("--profile"))


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return what figures are noted in."""
    return Ledger(request.config.getoption("--figures"))


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
def ground(plane: ControlPlane, folder: Path) -> Iterator[Ground]:
    """Run a bucket, and have the classes store in it: the default one, and `strict`."""
    with running_minio(folder) as server:
        bucket = new_bucket(S3Server(server.endpoint, server.access_key, server.secret_key))
        secret = {"accessKey": server.access_key, "secretKey": server.secret_key}
        metadata = {"name": "bucket", "namespace": NAMESPACE}
        storage = {"endpoint": f"http://{server.endpoint}", "bucket": bucket, "credentialsSecretName": "bucket"}
        most = dict.fromkeys(STRICT, 10_000)
        plane.kubectl.apply(
            {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": secret},
            _class("default", storage, most, {"kubeshot.dev/is-default-class": "true"}),
            _class("strict", storage, STRICT, {}),
        )
        yield Ground(plane, folder)


@pytest.fixture
def operator(ground: Ground, sizes: Sizes) -> Iterator[Operator]:
    """Run the operator."""
    yield from _running(Operator(ground.plane, ground.folder, Post(profile=sizes.profile)))


@pytest.fixture
def busy_operator(ground: Ground) -> Iterator[Operator]:
    """Run an operator that may have only a few pods."""
    yield from _running(Operator(ground.plane, ground.folder, Post("busy", max_pods=FEW_PODS)))


@pytest.fixture
def replicas(ground: Ground, sizes: Sizes) -> Iterator[tuple[Operator, Operator]]:
    """Run two replicas, of which the first leads."""
    posts = [Post(name, max_pods=sizes.flight) for name in ("replica-1", "replica-2")]
    first, second = (Operator(ground.plane, ground.folder, post) for post in posts)
    try:
        first.start()
        second.stand_by()
        yield first, second
    finally:
        second.stop()
        first.stop()


def _running(operator: Operator) -> Iterator[Operator]:
    try:
        operator.start()
        yield operator
    finally:
        operator.stop()


def _class(name: str, storage: dict[str, str], limits: dict[str, int], annotations: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "CaptureClass",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"pod": {"image": "kubeshot/capture:none"}, "storage": storage, "limits": limits},
    }
