"""kind as a provider: the cluster is a container of Docker's."""

from collections.abc import Callable
from pathlib import Path

from kubeshot_cluster import kubectls
from kubeshot_cluster.images.build import Images
from kubeshot_cluster.images.engines import docker_answers
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps

CLUSTER = "kubeshot"
CONFIG = "kind-config.yaml"


class Kind:
    """A kind cluster of one node, made after kind-config.yaml."""

    name = "kind"
    needs_root = False

    def __init__(self, places: Places, steps: Steps, images: Images, program: Callable[[], str]) -> None:
        """Take the way to the kind command, which is built only when it is used."""
        self._places = places
        self._steps = steps
        self._images = images
        self._program = program

    def up(self) -> None:
        if not docker_answers(self._steps.quiet("docker")):
            raise ClusterError("kind needs Docker, and no engine answers; start it, or ask for --provider native.")
        if CLUSTER in self._clusters():
            self._quiet(["export", "kubeconfig", *self._options()])
            return
        # kind reads relative paths of kind-config.yaml from where it runs, which is why it runs in the checkout.
        with self._steps.step("Creating the kind cluster", "kind", "a minute or two") as commands:
            command = [self._program(), "create", "cluster", *self._options(), "--config", CONFIG, "--wait", "180s"]
            commands.run(command, folder=self._places.repository)

    def down(self) -> None:
        with self._steps.step("Deleting the kind cluster", "kind") as commands:
            commands.run([self._program(), "delete", "cluster", *self._options()])

    def kubeconfig(self) -> Path:
        return self._places.kubeconfig

    def kubectl(self) -> Path:
        return kubectls.find(self._places, self._steps)

    def load(self, names: list[str]) -> None:
        if CLUSTER not in self._clusters():
            raise ClusterError("No kind cluster is running; run `up` first.")
        for name in names:
            tag = self._images.tag(name)
            self._images.identity(name)
            with self._steps.step(f"Loading {tag}", f"load-{name}") as commands:
                commands.run([self._program(), "load", "docker-image", tag, "--name", CLUSTER])

    def status(self) -> str:
        return f"kind: the cluster {CLUSTER} {'is there' if CLUSTER in self._clusters() else 'is not there'}"

    def _options(self) -> list[str]:
        return ["--name", CLUSTER, "--kubeconfig", str(self._places.kubeconfig)]

    def _clusters(self) -> list[str]:
        return self._steps.quiet("kind").read([self._program(), "get", "clusters"]).split()

    def _quiet(self, arguments: list[str]) -> None:
        self._steps.quiet("kind").run([self._program(), *arguments])
