"""A cluster whose processes were all killed at once, as by a power cut, comes up again with everything on it."""

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOCKET = "/run/kubeshot/containerd.sock"
EXAMPLE = REPOSITORY / "examples" / "demo.yaml"


def cluster(*words: str) -> str:
    """Run a verb of the cluster's command and return what it answers."""
    done = subprocess.run(
        [sys.executable, "-m", "kubeshot_cluster", *words],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "cluster")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def kubectl(*words: str) -> str:
    """Run kubectl on the cluster and return what it prints; one that fails says why."""
    environment = {**os.environ, "KUBECONFIG": cluster("kubeconfig")}
    done = subprocess.run([cluster("kubectl"), *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
    return done.stdout


def daemons(status: str) -> dict[str, int]:
    """Return the processes of the cluster by name, from what `status` says."""
    return {name: int(pid) for name, pid in re.findall(r"^  (\S+) +process (\d+)$", status, re.MULTILINE)}


def shims() -> list[int]:
    """Return the shims of the containers that this cluster's containerd has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            if "containerd-shim" in command and SOCKET in command:
                found.append(int(folder.name))
    return found


def test_killed_cluster_comes_up_again_and_captures() -> None:
    before = cluster("status")
    if not before.startswith("native"):
        pytest.skip("only the native cluster's processes are ours to kill")
    containers = shims()
    assert len(daemons(before)) == 8, before
    assert containers, "the operator and MinIO run in containers"
    victims = [*daemons(before).values(), *containers]
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert not daemons(cluster("status")).keys() & {"etcd", "kubelet"}
    cluster("up")
    assert daemons(cluster("status")).keys() == daemons(before).keys()
    kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=60s")
    assert not set(containers) & set(shims())
    kubectl("delete", "--ignore-not-found", "-f", str(EXAMPLE))
    kubectl("apply", "-f", str(EXAMPLE))
    kubectl("-n", "kubeshot-demo", "wait", "--for=condition=Ready", "shot/demo", "--timeout=240s")
