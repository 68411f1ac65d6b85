"""Takes the sample request to its pictures: apply, wait, print the keys, and save the objects under a folder."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from minio import Minio

NAMESPACE = "kubeshot-demo"
REQUEST = "demo"
EXAMPLE = Path(__file__).parent.parent / "examples" / "demo.yaml"
# The demo's own credentials, in manifests/overlays/demo.
ACCESS_KEY, SECRET_KEY = "kubeshot-demo", "kubeshot-demo-only"


def main(folder: Path) -> int:
    """Run the demo; return the exit code."""
    started = time.monotonic()
    _kubectl("delete", "--ignore-not-found", "-f", str(EXAMPLE))
    _kubectl("apply", "-f", str(EXAMPLE))
    waited = _kubectl(
        "-n", NAMESPACE, "wait", "--for=condition=Ready", f"shot/{REQUEST}", "--timeout=120s", check=False
    )
    if waited.returncode:
        print(_kubectl("-n", NAMESPACE, "describe", f"shot/{REQUEST}").stdout)
        print("The request did not become Ready within 2 minutes; its conditions and events above say why.")
        return 1
    print(f"Ready after {time.monotonic() - started:.1f} s")
    print(_kubectl("-n", NAMESPACE, "get", "shots").stdout)
    status = json.loads(_kubectl("-n", NAMESPACE, "get", f"shot/{REQUEST}", "-o", "json").stdout)["status"]
    print(f"phase:       {status['phase']}\nstorage key: {status['storageKey']}")
    with _minio() as server:
        for output in status["outputs"]:
            _save(server, output, folder)
    return 0


def _save(server: Minio, output: dict[str, Any], folder: Path) -> None:
    path = folder / output["key"].rsplit("/", 1)[-1]
    server.fget_object(output["bucket"], output["key"], str(path))
    print(f"saved:       {path}, {output['width']} x {output['height']} pixels, {path.stat().st_size} bytes")


@contextmanager
def _minio() -> Iterator[Minio]:
    """Give a client for the demo's MinIO, through a port-forward to a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [_program(), "-n", "kubeshot-system", "port-forward", "service/minio", f"{port}:9000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        try:
            assert forward.stdout is not None
            if "Forwarding" not in forward.stdout.readline():
                raise SystemExit("The port-forward to MinIO could not be opened; kubectl says why above.")
            yield Minio(f"127.0.0.1:{port}", ACCESS_KEY, SECRET_KEY, secure=False, region="us-east-1")
        finally:
            forward.terminate()


def _kubectl(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([_program(), *words], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"kubectl {' '.join(words)} failed: {done.stderr.strip()}")
    return done


def _program() -> str:
    return os.environ.get("KUBECTL", "kubectl")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "out")))
