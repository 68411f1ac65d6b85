"""Puts the parts together for one run of the command."""

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster import binaries, packages
from kubeshot_cluster.images.build import Images
from kubeshot_cluster.images.engines import Buildah, Docker, Engine, docker_answers
from kubeshot_cluster.places import Places, places_from
from kubeshot_cluster.providers import choice
from kubeshot_cluster.providers.current import Current, ask_on_terminal
from kubeshot_cluster.providers.kind import Kind
from kubeshot_cluster.providers.native import Native
from kubeshot_cluster.providers.port import Provider
from kubeshot_cluster.steps import Steps


@dataclass(frozen=True, slots=True)
class Parts:
    """What a verb works with."""

    places: Places
    environment: Mapping[str, str]
    steps: Steps
    engine: Engine
    images: Images
    provider: Provider


def compose(environment: Mapping[str, str], repository: Path, asked: str | None, yes: bool) -> Parts:
    """Choose engine and provider. Progress goes to standard error, so that answers on standard output stand alone."""
    places = places_from(environment, repository)
    found = dict(environment) | {"PATH": f"{environment.get('PATH', '')}:{packages.SYSTEM_PATH}"}
    steps = Steps(sys.stderr, places.logs, found)
    has_docker = docker_answers(steps.quiet("docker"))
    engine: Engine = Docker(found) if has_docker else Buildah()
    images = Images(places, found, steps, engine)
    name = choice.choose(asked, environment, recorded_provider(places), lambda: has_docker)
    providers: Mapping[str, Callable[[], Provider]] = {
        choice.KIND: lambda: Kind(places, steps, images, lambda: _kind(places, steps)),
        choice.NATIVE: lambda: Native(places, found, steps, images),
        choice.CURRENT: lambda: Current(places, steps, (lambda _: True) if yes else ask_on_terminal),
    }
    return Parts(places, found, steps, engine, images, providers[name]())


def recorded_provider(places: Places) -> str | None:
    """Return how the cluster that is there was made, or None."""
    try:
        return places.provider_record.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def _kind(places: Places, steps: Steps) -> str:
    return shutil.which("kind", path=steps.path) or str(binaries.build("kind", places, steps) / "kind")
