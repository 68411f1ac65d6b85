"""The operator as a process of this machine, and what can be read of it from outside."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from e2e.eventually import eventually
from scale.control_plane import REPOSITORY, ControlPlane, free_port

NAMESPACE = "kubeshot-system"
START_SECONDS = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the operator had used at one moment: CPU time in seconds, calls by verb and resource, memory in bytes."""

    cpu: float
    calls: Counter[tuple[str, str]]
    memory: int
    peak: int


class Operator:
    """One replica; `start` and `stop` may be called again and again."""

    def __init__(self, plane: ControlPlane, folder: Path, profile: Path | None = None) -> None:
        """Write its log into a folder, and what Python's profiler says of it into `profile` when it ends."""
        self._plane = plane
        self._log = folder / "operator.log"
        self._profile = profile
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it leads."""
        variables = {
            "KUBECONFIG": str(self._plane.kubeconfig),
            "PYTHONPATH": f"{REPOSITORY / 'operator'}:{REPOSITORY / 'capture-image'}",
            "KUBESHOT_NAMESPACE": NAMESPACE,
            "KUBESHOT_MAX_PODS": "100",
            "KUBESHOT_CREATES_PER_SECOND": "1000",
            "KUBESHOT_HEALTH_PORT": str(self._port),
            "KUBESHOT_DISPATCH_PORT": str(free_port()),
            "KUBESHOT_LOG_LEVEL": "INFO",
        }
        profiler = ["-m", "cProfile", "-o", str(self._profile)] if self._profile else []
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *profiler, "-m", "kubeshot_operator"],
                env={**os.environ, **variables},
                stdout=log,
                stderr=log,
            )
        eventually(self.leads, within=START_SECONDS, what="the operator leads")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it with a signal."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def leads(self) -> bool:
        """Say whether it holds the Lease."""
        assert self._process is not None, "it was started"
        assert self._process.poll() is None, f"the operator ended: see {self._log}"
        return self.value("kubeshot_leader") == 1

    def value(self, name: str) -> float | None:
        """Return a figure without labels; `None` while there is none."""
        found = (sample.value for sample in self._samples() if sample.name == name)
        return next(found, None)

    def figures(self) -> Figures:
        """Return what it has used so far."""
        assert self._process is not None, "it runs"
        calls: Counter[tuple[str, str]] = Counter()
        for sample in self._samples():
            if sample.name == "kubeshot_api_calls_total":
                calls[sample.labels["verb"], sample.labels["resource"]] += round(sample.value)
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in status.splitlines() if " kB" in line}
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return Figures((int(fields[11]) + int(fields[12])) / _TICKS, calls, sizes["VmRSS"], sizes["VmHWM"])

    def _samples(self) -> list[Sample]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics", timeout=10) as answer:
                text = answer.read().decode()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return []
        return [sample for family in text_string_to_metric_families(text) for sample in family.samples]
