"""What the tests stand on: a control plane, nodes that are not there, and a bucket."""

import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.conftest import MinioServer, new_bucket
from integration.minio_server import running_minio
from scale.client import Client, connected
from scale.control_plane import REPOSITORY, ControlPlane, running, running_control_plane
from scale.operator_process import NAMESPACE

STRICT = {"concurrent": 10, "perNamespace": 3, "perHost": 2}
_NODES = 4
_CAPTURE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What the tests stand on: a control plane that has nodes and a bucket, and a folder for state and logs."""

    plane: ControlPlane
    folder: Path

    def connected(self) -> AbstractAsyncContextManager[Client]:
        """Open a session with the API server."""
        return connected(self.plane.server, self.plane.token, self.plane.authority)


@contextmanager
def running_ground(folder: Path) -> Iterator[Ground]:
    """Run all of it, with its state and logs in a folder; the classes store in the bucket: `default`, and `strict`."""
    with running_control_plane(folder) as plane:
        _prepare(plane)
        words = ["-m", "scale.fake_nodes", plane.server, plane.token, str(plane.authority)]
        command = [sys.executable, *words, str(_NODES), str(_CAPTURE_SECONDS)]
        paths = f"{REPOSITORY / 'tests'}:{REPOSITORY / 'capture-image'}"
        with running("nodes", command, folder, PYTHONPATH=paths), running_minio(folder) as server:
            _make_classes(plane, MinioServer(server.endpoint, server.access_key, server.secret_key))
            yield Ground(plane, folder)


def _prepare(plane: ControlPlane) -> None:
    plane.kubectl.run("apply", "-k", "crds")
    plane.kubectl.run("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
    plane.kubectl.run("create", "namespace", NAMESPACE)


def _make_classes(plane: ControlPlane, server: MinioServer) -> None:
    secret = {"accessKey": server.access_key, "secretKey": server.secret_key}
    metadata = {"name": "bucket", "namespace": NAMESPACE}
    storage = {"endpoint": f"http://{server.endpoint}", "bucket": new_bucket(server), "credentialsSecretName": "bucket"}
    most = dict.fromkeys(STRICT, 10_000)
    plane.kubectl.apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": secret},
        _class("default", storage, most, {"kubeshot.dev/is-default-class": "true"}),
        _class("strict", storage, STRICT, {}),
    )


def _class(name: str, storage: dict[str, str], limits: dict[str, int], annotations: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "kubeshot.dev/v1alpha1",
        "kind": "CaptureClass",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"pod": {"image": "kubeshot/capture:none"}, "storage": storage, "limits": limits},
    }
