"""What each way to a cluster can do."""

from pathlib import Path
from typing import Protocol


class Provider(Protocol):
    """A way to get a cluster. Every method raises ClusterError when it can't."""

    name: str
    needs_root: bool

    def up(self) -> None:
        """Return with a Ready cluster and its kubeconfig written."""

    def down(self) -> None:
        """End the cluster that `up` made."""

    def kubeconfig(self) -> Path:
        """Say where the kubeconfig is."""

    def kubectl(self) -> Path:
        """Return a kubectl that fits the cluster."""

    def load(self, names: list[str]) -> None:
        """Put these of our images, already built, into the cluster. Skips those that are there."""

    def status(self) -> str:
        """Describe the cluster in a few lines."""
