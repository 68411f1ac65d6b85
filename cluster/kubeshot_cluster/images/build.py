"""Builds the project's images, and skips what did not change."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kubeshot_cluster import binaries
from kubeshot_cluster.images import base, catalogue, content, dockerfile, mirrors, network_secrets
from kubeshot_cluster.images.catalogue import Image
from kubeshot_cluster.images.engines import Engine, Order
from kubeshot_cluster.locks import held
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps

CONTENT_LABEL = "kubeshot.content"
BASE_NAMES = ("debian:bookworm-slim", catalogue.BASE)


class Images:
    """The images of one checkout, built by one engine."""

    def __init__(self, places: Places, environment: Mapping[str, str], steps: Steps, engine: Engine) -> None:
        self._places = places
        self._environment = environment
        self._steps = steps
        self._engine = engine

    def tag(self, name: str) -> str:
        return catalogue.tag(name, self._places.repository)

    def identity(self, name: str) -> str:
        """Return the id of a built image. Raises ClusterError when it was not built."""
        found = self._engine.identity(self.tag(name), self._steps.quiet("images"))
        if found is None:
            raise ClusterError(f"{self.tag(name)} is not built; run `images {name}` first.")
        return found

    def build(self, names: Sequence[str]) -> None:
        """Build the named images, or all, one after the other."""
        selected = catalogue.select(names)
        with held(self._places.lock("images"), self._steps.say):
            for image in selected:
                self._build_if_changed(image)

    @contextmanager
    def saved(self, name: str, present: Mapping[str, int]) -> Iterator[Path]:
        """Give the image as a tar without the blobs that are present. It is gone afterwards: it is large."""
        with tempfile.TemporaryDirectory(prefix="image-", dir=self._places.cache) as folder:
            tar = Path(folder) / f"{name}.tar"
            self._engine.save_for(self.tag(name), tar, present, self._steps.quiet(f"load-{name}"))
            yield tar

    def _build_if_changed(self, image: Image) -> None:
        recipe = self._places.repository / image.dockerfile
        if not recipe.exists():
            raise ClusterError(f"{image.dockerfile} is missing; it says how the image {image.name} is built.")
        text = recipe.read_text(encoding="utf-8")
        context = self._context(image)
        digest = content.digest(context, dockerfile.copied_paths(text), [text, *self._bases(text)])
        quiet = self._steps.quiet("images")
        if self._engine.label(self.tag(image.name), CONTENT_LABEL, quiet) == digest:
            self._steps.say(f"  {self.tag(image.name)} is up to date")
            return
        self._build(image, recipe, context, digest)

    def _build(self, image: Image, recipe: Path, context: Path, digest: str) -> None:
        with (
            self._steps.step(f"Building {self.tag(image.name)} with {self._engine.name}", f"image-{image.name}") as run,
            tempfile.TemporaryDirectory(prefix="kubeshot-") as folder,
        ):
            secrets = network_secrets.prepare(self._environment, Path(folder), run)
            order = Order(self.tag(image.name), recipe, context, secrets, {CONTENT_LABEL: digest})
            self._engine.build(order, run, mirrors.proxy(run))

    def _bases(self, text: str) -> list[str]:
        """Return what the image is built upon; the common base is provided first."""
        bases = dockerfile.base_images(text)
        if any(name in BASE_NAMES for name in bases):
            bases.append(base.ensure(self._engine, self._places, self._steps))
        return bases

    def _context(self, image: Image) -> Path:
        """MinIO is built outside; its context is the folder with the binary. All else is built from the repository."""
        if image.name != catalogue.MINIO:
            return self._places.repository
        return binaries.build("minio", self._places, self._steps)
