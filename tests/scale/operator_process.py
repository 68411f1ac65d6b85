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
START_SECONDS = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Post:
    """What sets one replica apart; `profile` is where Python's profile of it goes, if anywhere."""

    name: str = "operator"
    max_pods: int = 100
    profile: Path | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the operator had used at one moment: CPU time in seconds, calls by verb and resource, memory in bytes."""

    cpu: float
    calls: Counter[tuple[str, str]]
    memory: int
    peak: int


class Operator:
    """One replica; `start` and `stop` may be called again and again."""

    def __init__(self, plane: ControlPlane, folder: Path, post: Post | None = None) -> None:
        """Write its log into a folder."""
        self._plane = plane
        self._post = post or Post()
        self._log = folder / f"{self._post.name}.log"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it leads."""
        self._begin()
        self.until_it_leads()

    def until_it_leads(self) -> None:
        """Wait until it leads."""
        eventually(self.leads, within=START_SECONDS, what="the operator leads")

    def stand_by(self) -> None:
        """Start it while another one leads, and wait until it could take over."""
        self._begin()
        eventually(self._is_ready, within=START_SECONDS, what="the operator is ready")

    def _begin(self) -> None:
        variables = {
            "KUBECONFIG": str(self._plane.kubeconfig),
            "PYTHONPATH": f"{REPOSITORY / 'operator'}:{REPOSITORY / 'capture-image'}",
            "KUBESHOT_NAMESPACE": NAMESPACE,
            "KUBESHOT_MAX_PODS": str(self._post.max_pods),
            "KUBESHOT_CREATES_PER_SECOND": "1000",
            "KUBESHOT_HEALTH_PORT": str(self._port),
            "KUBESHOT_DISPATCH_PORT": str(free_port()),
            "KUBESHOT_LOG_LEVEL": "INFO",
        }
        profile = self._post.profile
        profiler = ["-m", "cProfile", "-o", str(profile)] if profile else []
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *profiler, "-m", "kubeshot_operator"],
                env={**os.environ, **variables},
                stdout=log,
                stderr=log,
            )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it with a signal."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def leads(self) -> bool:
        """Say whether it holds the Lease."""
        self._assert_it_runs()
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
        return Figures(cpu_seconds(self._process.pid), calls, sizes["VmRSS"], sizes["VmHWM"])

    def _is_ready(self) -> bool:
        self._assert_it_runs()
        return self._ask("/readyz") == "ok"

    def _assert_it_runs(self) -> None:
        assert self._process is not None, "it was started"
        # Not an AssertionError, which would be waited out.
        if self._process.poll() is not None:
            raise OSError(f"the operator ended: see {self._log}")

    def _samples(self) -> list[Sample]:
        families = text_string_to_metric_families(self._ask("/metrics"))
        return [sample for family in families for sample in family.samples]

    def _ask(self, path: str) -> str:
        """Return what it answers, nothing while it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return ""


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
