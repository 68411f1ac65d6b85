"""The cluster that the kubeconfig names: somebody's own, so nothing is done without a yes."""

import os
from collections.abc import Callable
from pathlib import Path

from kubeshot_cluster import kubectls
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps


class Current:
    """The current context. Its nodes are not ours: images come from a registry that it can reach."""

    name = "current"
    needs_root = False

    def __init__(self, places: Places, steps: Steps, confirm: Callable[[str], bool]) -> None:
        self._places = places
        self._steps = steps
        self._confirm = confirm

    def up(self) -> None:
        context = self._context()
        if not self._confirm(f"Kubeshot will be installed into the cluster of the context {context!r}. Go on?"):
            raise ClusterError(f"Nothing was done to {context!r}; choose another cluster with --provider.")
        self._places.kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        self._places.kubeconfig.touch(mode=0o600)
        self._places.kubeconfig.write_text(self._read("config", "view", "--minify", "--flatten"), encoding="utf-8")

    def down(self) -> None:
        self._places.kubeconfig.unlink(missing_ok=True)

    def kubeconfig(self) -> Path:
        return self._places.kubeconfig

    def kubectl(self) -> Path:
        return kubectls.find(self._places, self._steps)

    def load(self, names: list[str]) -> None:
        raise ClusterError("Images can't be put into a cluster that is not ours; push them to a registry it reaches.")

    def status(self) -> str:
        return f"current: the context {self._context()!r}"

    def _context(self) -> str:
        context = self._read("config", "current-context").strip()
        if not context:
            raise ClusterError("The kubeconfig has no current context; choose one with `kubectl config use-context`.")
        return context

    def _read(self, *arguments: str) -> str:
        return self._steps.quiet("kubectl").read([str(self.kubectl()), *arguments])


def ask_on_terminal(question: str) -> bool:
    """Ask the person at the terminal. Raises ClusterError where nobody can answer."""
    try:
        descriptor = os.open("/dev/tty", os.O_RDWR)
    except OSError as error:
        raise ClusterError("There is no terminal to ask on; say --yes if the current context is meant.") from error
    with os.fdopen(descriptor, "r+", buffering=1, closefd=True, errors="replace") as terminal:
        terminal.write(f"{question} [y/N] ")
        terminal.flush()
        return terminal.readline().strip().lower() in ("y", "yes")
