"""A Kubernetes of its own without a machine in it: etcd, API server and scheduler, from the cluster's own programs.

No controller runs: whatever pods and requests leave behind stays, and the operator has to have removed it.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e.eventually import eventually
from e2e.kubectl import Kubectl, KubectlError
from kubeshot_cluster.binaries import build
from kubeshot_cluster.places import places_from
from kubeshot_cluster.steps import Steps

REPOSITORY = Path(__file__).parents[2]
START_SECONDS = 60.0
# More than any test asks for, so that the operator is what limits.
_NO_LIMIT = ("--kube-api-qps=5000", "--kube-api-burst=5000")


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """A running API server, and the kubeconfig and kubectl to speak to it."""

    server: str
    token: str
    authority: Path
    kubeconfig: Path
    kubectl: Kubectl
    etcd: str


@contextmanager
def running_control_plane(folder: Path) -> Iterator[ControlPlane]:
    """Run a control plane with its state in a folder, on ports of its own."""
    programs = build("kubernetes", places_from(os.environ, REPOSITORY), Steps(sys.stderr, folder, os.environ))
    token, port, etcd = secrets.token_hex(16), free_port(), f"http://127.0.0.1:{free_port()}"
    plane = _describe(folder, programs, f"https://127.0.0.1:{port}", token, etcd)
    with ExitStack() as stack:
        stack.enter_context(running("etcd", [str(programs / "etcd"), *_etcd(folder, etcd)], folder))
        stack.enter_context(running("apiserver", [str(programs / "kube-apiserver"), *_api(folder, port, etcd)], folder))
        eventually(lambda: _is_ready(plane), within=START_SECONDS, what="the API server is ready")
        _write_kubeconfig(plane)
        scheduler = ["--kubeconfig", str(plane.kubeconfig), "--leader-elect=false", "--secure-port=0", *_NO_LIMIT]
        stack.enter_context(running("scheduler", [str(programs / "kube-scheduler"), *scheduler], folder))
        yield plane


@contextmanager
def running(name: str, command: list[str], folder: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the end of the block; what it says is in a log of its name."""
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log, cwd=REPOSITORY)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a TCP port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _describe(folder: Path, programs: Path, server: str, token: str, etcd: str) -> ControlPlane:
    keys = folder / "keys"
    keys.mkdir()
    (keys / "tokens.csv").write_text(f"{token},scale,scale,system:masters\n")
    for command in (
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "signer.key"],
        ["openssl", "pkey", "-in", "signer.key", "-pubout", "-out", "signer.pub"],
    ):
        subprocess.run(command, cwd=keys, check=True, capture_output=True)
    kubeconfig = folder / "kubeconfig"
    # The server makes a certificate that signs itself.
    return ControlPlane(
        server, token, keys / "apiserver.crt", kubeconfig, Kubectl(str(programs / "kubectl"), kubeconfig), etcd
    )


def _etcd(folder: Path, address: str) -> list[str]:
    peer = f"http://127.0.0.1:{free_port()}"
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={address}",
        f"--advertise-client-urls={address}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        # It is thrown away: waiting for the disk at each write would only cost time.
        "--unsafe-no-fsync",
        "--quota-backend-bytes=8589934592",
        "--auto-compaction-mode=periodic",
        "--auto-compaction-retention=5m",
        "--log-level=warn",
    ]


def _api(folder: Path, port: int, etcd: str) -> list[str]:
    keys = folder / "keys"
    return [
        f"--etcd-servers={etcd}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        f"--cert-dir={keys}",
        f"--token-auth-file={keys / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-cluster-ip-range=10.255.0.0/24",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={keys / 'signer.pub'}",
        f"--service-account-signing-key-file={keys / 'signer.key'}",
        # Its controller, which makes the account of each namespace, is not there.
        "--disable-admission-plugins=ServiceAccount",
    ]


def _is_ready(plane: ControlPlane) -> bool:
    if not plane.authority.exists():
        return False
    _write_kubeconfig(plane)
    try:
        return plane.kubectl.raw("/readyz") == "ok"
    except KubectlError:
        return False


def _write_kubeconfig(plane: ControlPlane) -> None:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "scale",
        "clusters": [
            {"name": "scale", "cluster": {"server": plane.server, "certificate-authority": str(plane.authority)}}
        ],
        "users": [{"name": "scale", "user": {"token": plane.token}}],
        "contexts": [{"name": "scale", "context": {"cluster": "scale", "user": "scale"}}],
    }
    plane.kubeconfig.write_text(json.dumps(config))
