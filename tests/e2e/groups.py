"""The control groups of a node's pods, of version 1 or 2: CPU time and memory as the kernel counts them."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PROC = Path("/proc")

_POD = re.compile(r"pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})(?:\.slice)?$")


class NotOnNodeError(Exception):
    """No pod of the cluster runs on this machine."""


@dataclass(frozen=True, slots=True)
class PodGroups:
    """The folders above the groups of all pods; with version 2 both are the same."""

    cpu: Path
    memory: Path

    def cpu_seconds(self) -> float:
        """Return the CPU time of all pods that ever were."""
        return _cpu_seconds(self.cpu)

    def pods(self) -> dict[str, Path]:
        """Return the groups of the pods that are there, by UID, as parts of the path below the folders."""
        found = (path for pattern in ("*pod*", "*/*pod*") for path in self.cpu.glob(pattern))
        named = ((_POD.search(path.name), path) for path in found)
        return {match[1].replace("_", "-"): path.relative_to(self.cpu) for match, path in named if match}

    def pod_cpu_seconds(self) -> dict[str, float]:
        """Return the CPU time of each pod that is there, by UID."""
        return {uid: _cpu_seconds(self.cpu / path) for uid, path in self.pods().items()}

    def members(self, pod: Path) -> Iterator[int]:
        """Yield the processes of a pod."""
        for file in (self.cpu / pod).glob("**/cgroup.procs"):
            yield from map(int, _text(file).split())

    def pod_memory(self, pod: Path) -> int:
        """Return the bytes of a pod's working set, as the kubelet counts it: without files that could be dropped."""
        folder = self.memory / pod
        used, idle = "memory.usage_in_bytes", "total_inactive_file"
        if self.memory == self.cpu:
            used, idle = "memory.current", "inactive_file"
        return _number(folder / used) - _field(folder / "memory.stat", idle)


def find_groups() -> PodGroups:
    """Return the groups of this machine's pods; raise `NotOnNodeError` when it has none."""
    for file in PROC.glob("[0-9]*/cgroup"):
        for line in _text(file).splitlines():
            number, controllers, path = line.split(":", 2)
            parts = Path(path.lstrip("/")).parts
            depth = next((place for place, part in enumerate(parts) if part.startswith("kubepods")), None)
            if depth is None or not (number == "0" or "cpuacct" in controllers.split(",")):
                continue
            below = Path(*parts[: depth + 1])
            if (ROOT / "cpuacct").exists():
                return PodGroups(ROOT / "cpuacct" / below, ROOT / "memory" / below)
            return PodGroups(ROOT / below, ROOT / below)
    raise NotOnNodeError("no pod's processes are visible here: run this on the cluster's node")


def _cpu_seconds(folder: Path) -> float:
    version_1 = folder / "cpuacct.usage"
    if version_1.exists():
        return _number(version_1) / 1e9
    return _field(folder / "cpu.stat", "usage_usec") / 1e6


def _field(file: Path, name: str) -> int:
    found = (line.split() for line in _text(file).splitlines())
    return next((int(value) for field, value in found if field == name), 0)


def _number(file: Path) -> int:
    return int(_text(file).strip() or 0)


def _text(file: Path) -> str:
    """Return a file's text, nothing when its group or process has gone."""
    with suppress(OSError):
        return file.read_text()
    return ""
