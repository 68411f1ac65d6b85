"""What the kernel counts of warm pods' memory, once a second, from the moment that they run."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from e2e.kubectl import Kubectl
from e2e.space import Space
from e2e.warm import program, running_warm_pods


@dataclass(frozen=True, slots=True)
class Reading:
    """The share of its limit that a container uses, from 0 to 1, and how many processes the limit has ended."""

    share: float
    kills: int


class Gauges:
    """One gauge per warm pod; whoever waits for something looks now and then for new ones."""

    def __init__(self, kubectl: Kubectl, *spaces: Space) -> None:
        """Watch these spaces."""
        self._kubectl = kubectl
        self._spaces = spaces
        self._folder = tempfile.TemporaryDirectory(prefix="kubeshot-e2e-")
        self._gauges: dict[str, subprocess.Popen[bytes]] = {}

    def look(self) -> None:
        """Put a gauge on each pod that has none."""
        for space in self._spaces:
            for pod in running_warm_pods(space):
                if pod not in self._gauges:
                    self._gauges[pod] = self._put_on(space.namespace, pod)

    def readings(self) -> dict[str, list[Reading]]:
        """Return what was read so far, by pod; a pod that ended before it was looked at has none."""
        return {pod: self._read(pod) for pod in self._gauges}

    def close(self) -> None:
        """Take all gauges off."""
        for gauge in self._gauges.values():
            gauge.terminate()
            gauge.wait()
        self._folder.cleanup()

    def _put_on(self, namespace: str, pod: str) -> subprocess.Popen[bytes]:
        call = ("exec", "-n", namespace, pod, "--", "python3", "-c", program("memory"))
        command, environment = self._kubectl.command(*call)
        with self._file(pod).open("wb") as output:
            return subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.DEVNULL)

    def _read(self, pod: str) -> list[Reading]:
        whole_lines = self._file(pod).read_text().rpartition("\n")[0].splitlines()
        return [Reading(*json.loads(line)) for line in whole_lines]

    def _file(self, pod: str) -> Path:
        return Path(self._folder.name) / pod
