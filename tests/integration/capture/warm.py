"""Runs a warm pod as Kubernetes does: a process that claims its jobs from a dispatch service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from integration.capture.conftest import Shelf
from integration.capture.dispatching import TOKEN, DispatchServer
from integration.minio_server import REPOSITORY
from kubeshot_contract.dispatch import WarmEnd, WarmLimits, decode_warm_end, encode_limits
from kubeshot_contract.job import CaptureJob
from kubeshot_contract.options import Sandbox
from unit.contract.make import make_job, make_spec

LONGEST_SECONDS = 90
LIMITS = WarmLimits(
    max_captures=50,
    max_age_ms=600_000,
    idle_timeout_ms=30_000,
    memory_percent=80,
    pages=2,
    sandbox=Sandbox.DISABLED,
)


class Warm:
    """A warm pod that runs."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self.pid = process.pid

    def terminate(self) -> None:
        """Ask it to end, as the kubelet does."""
        self._process.terminate()

    def log(self) -> str:
        """Return what it has said so far."""
        return (self._folder / "log").read_text()

    def end(self) -> tuple[int, WarmEnd]:
        """Wait for its end; return its exit code and its termination message."""
        code = self._process.wait(timeout=LONGEST_SECONDS)
        return code, decode_warm_end((self._folder / "last-words").read_text())


@contextmanager
def warm_pod(server: DispatchServer, folder: Path, **limits: Any) -> Iterator[Warm]:
    """Run a warm pod for this service; what is left of it at the end is killed."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(REPOSITORY / "capture-image"),
        "CAPTURE_TERMINATION_LOG": str(folder / "last-words"),
        "CAPTURE_DISPATCH": server.service,
        "CAPTURE_TOKEN": TOKEN,
        "CAPTURE_WARM": encode_limits(replace(LIMITS, **limits)),
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "kubeshot_capture"], env=environment, stderr=log, text=True)
        try:
            yield Warm(process, folder)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def job_for(shelf: Shelf, uid: str, url: str, **changes: Any) -> CaptureJob:
    """Return a job for a page, with its outputs under its uid; `job` among the changes holds changes of the job."""
    job = changes.pop("job", {})
    spec = make_spec(url=url, **changes)
    uploads = {
        output.name: shelf.form(f"{uid}/{output.name}.{output.format.extension}", output.format.content_type)
        for output in spec.outputs
    }
    return make_job(spec, **{"uid": uid, "name": uid, "uploads": uploads, **job})
