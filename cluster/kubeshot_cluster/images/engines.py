"""Docker and buildah, behind one port."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kubeshot_cluster.commands import Commands
from kubeshot_cluster.images import partial_archive
from kubeshot_cluster.problems import ClusterError

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Order:
    """What to build: the Dockerfile, its context, the tag, and secret files by id."""

    tag: str
    dockerfile: Path
    context: Path
    secrets: Mapping[str, Path]
    labels: Mapping[str, str]


class Engine(Protocol):
    """What builds and keeps images."""

    name: str

    def build(self, order: Order, commands: Commands, extra: Mapping[str, str] | None = None) -> None:
        """Build and tag an image, with the layers that did not change taken from the cache. `extra` are variables."""

    def identity(self, tag: str, commands: Commands) -> str | None:
        """Return the id of the image with this tag, or None."""

    def label(self, tag: str, key: str, commands: Commands) -> str | None:
        """Return a label of the image with this tag, or None."""

    def save(self, tag: str, tar: Path, commands: Commands) -> None:
        """Write the image to a docker-archive tar."""

    def save_for(self, tag: str, tar: Path, present: Mapping[str, int], commands: Commands) -> None:
        """Write the image to a tar for a containerd that has these blobs (digest: size). They may be left out."""

    def restore(self, tar: Path, commands: Commands) -> None:
        """Take the images of a docker-archive tar in, under their names."""

    def pull(self, tag: str, commands: Commands) -> bool:
        """Try to pull an image; say whether that worked."""


class Docker:
    """The Docker engine, by its command line."""

    name = "docker"

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._proxies = [name for name in PROXIES if environment.get(name)]

    def build(self, order: Order, commands: Commands, extra: Mapping[str, str] | None = None) -> None:
        proxies = [word for name in (*self._proxies, *(extra or {})) for word in ("--build-arg", name)]
        command = ["docker", "build", *common_options(order), *proxies, str(order.context)]
        commands.run(command, extra={"DOCKER_BUILDKIT": "1", **(extra or {})})

    def identity(self, tag: str, commands: Commands) -> str | None:
        return _read(["docker", "image", "inspect", "--format", "{{.Id}}", tag], commands)

    def label(self, tag: str, key: str, commands: Commands) -> str | None:
        return _read(["docker", "image", "inspect", "--format", f'{{{{index .Config.Labels "{key}"}}}}', tag], commands)

    def save(self, tag: str, tar: Path, commands: Commands) -> None:
        commands.run(["docker", "save", "--output", str(tar), tag])

    def save_for(self, tag: str, tar: Path, present: Mapping[str, int], commands: Commands) -> None:
        self.save(tag, tar, commands)

    def restore(self, tar: Path, commands: Commands) -> None:
        commands.run(["docker", "load", "--quiet", "--input", str(tar)])

    def pull(self, tag: str, commands: Commands) -> bool:
        return commands.succeeds(["docker", "pull", "--quiet", tag])


class Buildah:
    """Buildah, which needs no engine."""

    name = "buildah"
    # Chosen so that a build works where there is no systemd, no network of its own and no crun.
    OPTIONS = ("--isolation=oci", "--runtime=runc", "--network=host", "--layers")

    def build(self, order: Order, commands: Commands, extra: Mapping[str, str] | None = None) -> None:
        commands.run(["buildah", "bud", *self.OPTIONS, *common_options(order), str(order.context)], extra=extra)

    def identity(self, tag: str, commands: Commands) -> str | None:
        return _read(["buildah", "inspect", "--type=image", "--format", "{{.FromImageID}}", tag], commands)

    def label(self, tag: str, key: str, commands: Commands) -> str | None:
        return _read(
            ["buildah", "inspect", "--type=image", "--format", f'{{{{index .OCIv1.Config.Labels "{key}"}}}}', tag],
            commands,
        )

    def save(self, tag: str, tar: Path, commands: Commands) -> None:
        commands.run(["buildah", "push", "--quiet", tag, f"docker-archive:{tar}:{tag}"])

    def save_for(self, tag: str, tar: Path, present: Mapping[str, int], commands: Commands) -> None:
        format_layers = "{{range .OCIv1.RootFS.DiffIDs}}{{.}} {{end}}"
        layers = commands.read(["buildah", "inspect", "--type=image", "--format", format_layers, tag]).split()
        if not any(layer in present for layer in layers):
            self.save(tag, tar, commands)  # Faster, because it does not compress, but always whole.
            return
        layout = tar.with_suffix(".layout")
        partial_archive.prepare(layout, present)
        commands.run(["buildah", "push", "--quiet", "--format=oci", tag, f"oci:{layout}:{tag}"])
        partial_archive.write(layout, tag, present, tar)

    def restore(self, tar: Path, commands: Commands) -> None:
        commands.run(["buildah", "pull", "--quiet", f"docker-archive:{tar}"])

    def pull(self, tag: str, commands: Commands) -> bool:
        return commands.succeeds(["buildah", "pull", "--quiet", tag])


def common_options(order: Order) -> list[str]:
    """Write the options that both understand."""
    secrets = [word for name, file in order.secrets.items() for word in ("--secret", f"id={name},src={file}")]
    labels = [word for key, value in order.labels.items() for word in ("--label", f"{key}={value}")]
    return ["--file", str(order.dockerfile), "--tag", order.tag, *secrets, *labels]


def docker_answers(commands: Commands) -> bool:
    return commands.succeeds(["docker", "info"])


def _read(command: Sequence[str], commands: Commands) -> str | None:
    try:
        return commands.read(command).strip() or None
    except ClusterError:
        return None
