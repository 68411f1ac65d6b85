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


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has."""

    memory_kib: int
    fds: int
    threads: int
    connections: int


class Gauge:
    """Looks at the operator that leads, and at all pods that were not there when this was made."""

    def __init__(self, kubectl: Kubectl) -> None:
        """Begin to count the time."""
        self._kubectl = kubectl
        self._groups: PodGroups = find_groups()
        self._others = set(self._groups.pods())
        self._began = monotonic()
        self._find_operator()

    def look(self, load: Load) -> Sample:
        """Take a sample."""
        stored = load.stage.stored()
        # It may have been started anew; the pod's name says less than the process does.
        if not (PROC / str(self._pid)).exists():
            self._find_operator()
        usage = read_usage(PROC / str(self._pid))
        pods = self._kubectl.run("get", "pods", "--all-namespaces", "-l", CAPTURES, "--output=name").splitlines()
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

    def _processes(self) -> int:
        fresh = (pod for uid, pod in self._groups.pods().items() if uid not in self._others)
        return sum(1 for pod in fresh for _ in self._groups.members(pod))


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
