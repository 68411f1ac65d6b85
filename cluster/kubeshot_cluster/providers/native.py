"""The native cluster as a provider."""

from collections.abc import Mapping
from pathlib import Path

from kubeshot_cluster import binaries
from kubeshot_cluster.images.build import Images
from kubeshot_cluster.native.containers import Containers, Loaded
from kubeshot_cluster.native.down import take_down
from kubeshot_cluster.native.layout import Layout
from kubeshot_cluster.native.settings import install_seccomp_profiles
from kubeshot_cluster.native.status import describe
from kubeshot_cluster.native.up import bring_up
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps


class Native:
    """Plain processes on this machine."""

    name = "native"
    needs_root = True

    def __init__(self, places: Places, environment: Mapping[str, str], steps: Steps, images: Images) -> None:
        self._places = places
        self._layout = Layout(places)
        self._environment = environment
        self._steps = steps
        self._images = images

    def up(self) -> None:
        bring_up(self._layout, self._environment, self._steps)

    def down(self) -> None:
        take_down(self._layout, self._steps)

    def kubeconfig(self) -> Path:
        return self._places.kubeconfig

    def kubectl(self) -> Path:
        return binaries.build("kubernetes", self._places, self._steps) / "kubectl"

    def load(self, names: list[str]) -> None:
        if not self._layout.containerd_socket.exists():
            raise ClusterError("No native cluster is running; run `up` first.")
        install_seccomp_profiles(self._places.seccomp_profiles, self._layout.seccomp)
        containers = Containers(self._layout.containerd_socket, self._layout.content, self._steps.quiet("load"))
        for name in names:
            self._load(name, containers)

    def status(self) -> str:
        return describe(self._layout)

    def _load(self, name: str, containers: Containers) -> None:
        image, build = self._images.tag(name), self._images.identity(name)
        loaded, before = Loaded(self._places.state / "images"), containers.digest_of(image)
        if loaded.matches(name, build, before):
            return
        with self._steps.step(f"Loading {image}", f"load-{name}"):
            self._import(name, containers)
        after = containers.digest_of(image)
        loaded.remember(name, build, after)
        if before and before != after:
            containers.forget(before)

    def _import(self, name: str, containers: Containers) -> None:
        """Import what is missing. Blobs can be cleared away in between, so a failure is followed by a whole import."""
        present = containers.blobs()
        try:
            with self._images.saved(name, present) as tar:
                containers.import_tar(tar)
        except ClusterError:
            with self._images.saved(name, {}) as tar:
                containers.import_tar(tar)
