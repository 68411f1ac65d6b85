"""Where things are kept: the cache outlives the cluster, the state ends with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one user on one machine, and the checkout the command runs from."""

    repository: Path
    cache: Path
    state: Path
    runtime: Path

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def kubeconfig(self) -> Path:
        return self.state / "kubeconfig"

    @property
    def provider_record(self) -> Path:
        return self.state / "provider"

    @property
    def go_modules(self) -> Path:
        return self.repository / "cluster" / "go"

    @property
    def seccomp_profiles(self) -> Path:
        return self.repository / "manifests" / "seccomp"

    def lock(self, area: str) -> Path:
        """The lock file of an area of work. It lies beside the state, which `down` removes."""
        return self.state.parent / f"{area}.lock"


def places_from(environment: Mapping[str, str], repository: Path) -> Places:
    """Follow the XDG base directory rules. The runtime folder is root's, and empty after a reboot."""
    home = Path(environment.get("HOME") or "/root")
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    state = Path(environment.get("XDG_STATE_HOME") or home / ".local" / "state")
    return Places(
        repository=repository,
        cache=cache / "kubeshot",
        state=state / "kubeshot" / "cluster",
        runtime=Path("/run/kubeshot"),
    )
