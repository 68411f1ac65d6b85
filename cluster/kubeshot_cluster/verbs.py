"""What the command can do, one function per verb."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kubeshot_cluster import binaries, packages
from kubeshot_cluster.composition import Parts, recorded_provider
from kubeshot_cluster.images import catalogue
from kubeshot_cluster.locks import held
from kubeshot_cluster.privileges import give_to_user
from kubeshot_cluster.problems import ClusterError


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb, what it says about itself, and whether it works on named images."""

    run: Callable[[Parts, Sequence[str]], None]
    help: str
    needs_root: Callable[[Parts], bool] = lambda parts: False
    takes_names: bool = False
    # What is done as the user before going on as root, so that the user's caches stay the user's.
    as_user: Callable[[Parts], None] = lambda parts: None


def up(parts: Parts, _: Sequence[str]) -> None:
    with held(parts.places.lock("cluster"), parts.steps.say), parts.steps.step("Cluster", "up"):
        parts.provider.up()
        parts.places.provider_record.write_text(f"{parts.provider.name}\n", encoding="utf-8")
        give_to_user(parts.places.kubeconfig, parts.environment)


def down(parts: Parts, _: Sequence[str]) -> None:
    with held(parts.places.lock("cluster"), parts.steps.say):
        parts.provider.down()
        shutil.rmtree(parts.places.state, ignore_errors=True)


def kubeconfig(parts: Parts, _: Sequence[str]) -> None:
    if recorded_provider(parts.places) is None:
        raise ClusterError("There is no cluster; run `up` first.")
    print(parts.provider.kubeconfig())


def kubectl(parts: Parts, _: Sequence[str]) -> None:
    print(parts.provider.kubectl())


def status(parts: Parts, _: Sequence[str]) -> None:
    print(parts.provider.status())


def images(parts: Parts, names: Sequence[str]) -> None:
    if parts.engine.name == "buildah":
        packages.install(packages.BUILDAH, parts.places, parts.steps)
    parts.images.build(names)


def save(parts: Parts, names: Sequence[str]) -> None:
    folder = parts.places.repository / "out" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for image in catalogue.select(names):
        with parts.images.saved(image.name, {}) as tar:
            print(shutil.move(tar, folder / f"{image.name}.tar"))


def load(parts: Parts, names: Sequence[str]) -> None:
    selected = [image.name for image in catalogue.select(names)]
    with held(parts.places.lock("cluster"), parts.steps.say):
        parts.provider.load(selected)


def build_binaries(parts: Parts, _: Sequence[str]) -> None:
    for name in binaries.PROGRAMS:
        print(binaries.build(name, parts.places, parts.steps))


def _build_node(parts: Parts) -> None:
    binaries.build("kubernetes", parts.places, parts.steps)


def _build_minio(parts: Parts) -> None:
    binaries.build("minio", parts.places, parts.steps)


def _provider_needs_root(parts: Parts) -> bool:
    return parts.provider.needs_root


def _engine_needs_root(parts: Parts) -> bool:
    return parts.engine.name == "buildah"


VERBS = {
    "up": Verb(up, "bring the cluster up, or what is missing of it", _provider_needs_root, as_user=_build_node),
    "down": Verb(down, "end what `up` started", _provider_needs_root),
    "kubeconfig": Verb(kubeconfig, "print the path of the kubeconfig"),
    "kubectl": Verb(kubectl, "print the path of a kubectl that fits"),
    "status": Verb(status, "say how the cluster is", _provider_needs_root),
    "images": Verb(images, "build the images, all or the named", _engine_needs_root, True, _build_minio),
    "save": Verb(save, "write built images to out/images, all or the named", _engine_needs_root, takes_names=True),
    "load": Verb(load, "put built images into the cluster, all or the named", _engine_needs_root, takes_names=True),
    "binaries": Verb(build_binaries, "build the Go programs into the cache"),
}
