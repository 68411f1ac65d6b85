"""Runs SeaweedFS: a second server of S3, which shares no code with the first."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.minio_server import Running, free_port, wait_until_ready

# Its own releases, as a wheel: the program is put beside Python.
PROGRAM = Path(sys.executable).parent / "weed"
_PARTS = ("master", "volume", "filer", "s3")


@contextmanager
def running_seaweedfs(folder: Path) -> Iterator[Running]:
    """Run a server with its data in a folder. It speaks to this machine alone, and tells nobody of itself."""
    server = Running(f"127.0.0.1:{free_port()}", "root-of-tests", secrets.token_hex(16))
    rights = folder / "rights.json"
    rights.write_text(json.dumps({"identities": [_root(server)]}))
    data = folder / "data"
    data.mkdir()
    ports = {f"{part}.port": free_port() for part in _PARTS} | {f"{part}.port.grpc": free_port() for part in _PARTS}
    options: dict[str, object] = {
        "dir": data,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        **ports,
        "s3.port": server.endpoint.rpartition(":")[2],
        "s3.config": rights,
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "master.telemetry": "false",
        # A bucket has volumes of its own.
        "volume.max": 1000,
    }
    process = subprocess.Popen(
        [PROGRAM, "server", "-filer", "-s3", *(f"-{name}={value}" for name, value in options.items())],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(server, process)
        yield server
    finally:
        process.kill()
        process.wait()


def _root(server: Running) -> dict[str, object]:
    credentials = [{"accessKey": server.access_key, "secretKey": server.secret_key}]
    return {"name": "tests", "credentials": credentials, "actions": ["Admin", "Read", "List", "Tagging", "Write"]}
