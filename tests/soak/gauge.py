"""Takes samples: of the operator's process, by this machine's own account, and of what captures have on the node."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from e2e.groups import PROC, PodGroups, find_groups
from e2e.kubectl import Kubectl
from e2e.operators import leader, process_of
from e2e.space import CAPTURES
from soak.load import Load
from soak.sample import Sample

# TCP_ESTABLISHED and TCP_CLOSE_WAIT of the kernel's table; what waits for its time to pass is nobody's any more.
_HELD_STATES = ("01", "08")
_SHIM = "containerd-shim"
_LABEL, _MANAGER = CAPTURES.split("=")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has."""

    memory_kib: int
    fds: int
    threads: int
    connections: int


class Gauge:
    """Looks at the operator that leads, and at the pods of captures."""

    def __init__(self, kubectl: Kubectl) -> None:
        """Begin to count the time."""
        self._kubectl = kubectl
        self._groups: PodGroups = find_groups()
        # Of a pod that is gone nothing tells any more what it was.
        self._others: set[str] = set()
        self._began = monotonic()
        self._find_operator()

    def look(self, load: Load) -> Sample:
        """Take a sample."""
        stored = load.stage.stored()
        # It may have been started anew; the pod's name says less than the process does.
        if not (PROC / str(self._pid)).exists():
            self._find_operator()
        usage = read_usage(PROC / str(self._pid))
        pods = self._pods()
        return Sample(
            seconds=round(monotonic() - self._began, 1),
            captures=load.ended,
            life=self._life,
            memory_kib=usage.memory_kib,
            fds=usage.fds,
            threads=usage.threads,
            connections=usage.connections,
            pods=len(pods),
            processes=self._processes(),
            shims=sum(_name(folder).startswith(_SHIM) for folder in PROC.glob("[0-9]*")),
            requests=len(load.there),
            stored=len(stored),
            named=len(load.named),
        )

    def _find_operator(self) -> None:
        pod = leader(self._kubectl)
        self._pid = process_of(self._groups, pod)
        self._life = f"{pod['metadata']['name']} {self._pid}"

    def _pods(self) -> list[str]:
        """Return the UIDs of the pods of captures, and note all others."""
        pods = [pod["metadata"] for pod in self._kubectl.items("pods", "--all-namespaces")]
        of_captures = [pod["uid"] for pod in pods if pod.get("labels", {}).get(_LABEL) == _MANAGER]
        self._others |= {pod["uid"] for pod in pods}.difference(of_captures)
        return of_captures

    def _processes(self) -> int:
        groups = [group for uid, group in self._groups.pods().items() if uid not in self._others]
        return sum(1 for group in groups for _ in self._groups.members(group))


def read_usage(process: Path) -> Usage:
    """Return what a process has, by its folder in /proc; its connections are those of its whole pod."""
    lines = (process / "status").read_text().splitlines()
    fields = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    tables = [(process / "net" / name).read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    return Usage(
        memory_kib=int(fields["VmRSS"][0]),
        fds=len(list((process / "fd").iterdir())),
        threads=int(fields["Threads"][0]),
        connections=sum(line.split()[3] in _HELD_STATES for table in tables for line in table),
    )


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text()
    except OSError:
        # It has ended since.
        return ""
