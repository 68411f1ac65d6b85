"""Fakes of this package's own ports, and values that are valid as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kubeshot_cluster.native.layout import Layout
from kubeshot_cluster.native.node_settings import Host
from kubeshot_cluster.native.plan import PREFERRED_PORTS, Plan
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError

PLAN = Plan(
    node_ip="10.217.0.1",
    pod_range="10.217.0.0/22",
    service_range="10.217.128.0/20",
    api_service_ip="10.217.128.1",
    dns_service_ip="10.217.128.10",
    ports=PREFERRED_PORTS,
)
HOST = Host(
    may_raise_oom_score=True,
    snapshotter="overlayfs",
    mtu=1500,
    resolver=Path("/etc/resolv.conf"),
    has_nameserver=True,
)
PLACES = Places(
    repository=Path("/checkout"), cache=Path("/cache"), state=Path("/state/cluster"), runtime=Path("/run/kubeshot")
)
LAYOUT = Layout(PLACES)


@dataclass
class FakeCommands:
    """Remembers every command. Answers what was prepared for the first words of a command, else nothing."""

    answers: Mapping[str, str] = field(default_factory=dict)
    failing: Sequence[str] = ()
    asked: list[str] = field(default_factory=list)
    folders: list[Path | None] = field(default_factory=list)

    def run(self, command: Sequence[str], folder: Path | None = None, extra: Mapping[str, str] | None = None) -> None:
        self.folders.append(folder)
        self.read(command)

    def read(self, command: Sequence[str], text: str = "") -> str:
        line = " ".join(command)
        self.asked.append(line)
        if any(line.startswith(start) for start in self.failing):
            raise ClusterError(f"{line} fails, as the test wants it")
        return next((answer for start, answer in self.answers.items() if line.startswith(start)), "")

    def succeeds(self, command: Sequence[str]) -> bool:
        try:
            self.run(command)
        except ClusterError:
            return False
        return True


def places_in(folder: Path, repository: Path = Path("/checkout")) -> Places:
    """Places whose folders are all in a test's own."""
    return Places(
        repository=repository, cache=folder / "cache", state=folder / "state" / "cluster", runtime=folder / "run"
    )


def never(*_: object) -> bool:
    return False


def always(*_: object) -> bool:
    return True


Said = Callable[[str], None]
