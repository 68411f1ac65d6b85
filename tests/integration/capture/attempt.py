"""Runs the capture as its pod does: a process with a job in its environment and a file for its last words."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from integration.minio_server import REPOSITORY
from kubeshot_contract.job import JOB_VARIABLE, CaptureJob, encode_job, encode_variables
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult
from kubeshot_contract.result_message import decode_result

LONGEST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a capture ended."""

    exit_code: int
    result: CaptureResult
    seconds: float
    log: str

    @property
    def reason(self) -> Reason | None:
        """Why it failed, `None` when it didn't."""
        return self.result.failure.reason if self.result.failure else None

    @property
    def message(self) -> str:
        """What it says of its failure."""
        return self.result.failure.message if self.result.failure else ""

    @property
    def milliseconds(self) -> int:
        """How long its stages took, without the start of Python."""
        return sum(verdict.milliseconds for verdict in self.result.stages)


def start(job: str, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Start a capture of an encoded job; its termination message goes to `last-words` in the folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "kubeshot_capture"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(REPOSITORY / "capture-image"),
            JOB_VARIABLE: job,
            "CAPTURE_TERMINATION_LOG": str(folder / "last-words"),
            **environment,
        },
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], folder: Path, began: float) -> Attempt:
    """Wait for a capture and read its last words; nothing of its output may be anything but log lines."""
    _, log = process.communicate(timeout=LONGEST_SECONDS)
    seconds = time.monotonic() - began
    return Attempt(process.returncode, decode_result((folder / "last-words").read_text()), seconds, log)


def run(job: CaptureJob, folder: Path, **environment: str) -> Attempt:
    """Run one capture from start to end."""
    began = time.monotonic()
    return finish(start(encode_job(job), folder, **{**encode_variables(job), **environment}), folder, began)
