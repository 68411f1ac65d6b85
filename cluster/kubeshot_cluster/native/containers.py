"""Speaks to our containerd: its images, by ctr."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.commands import Commands

NAMESPACE = "k8s.io"
PINNED = "io.cri-containerd.pinned=pinned"


@dataclass(frozen=True, slots=True)
class Containers:
    """The image store behind one containerd socket, whose blobs are in the folder `content`."""

    socket: Path
    content: Path
    commands: Commands

    def digest_of(self, image: str) -> str | None:
        """Return the digest an image name stands for, or None."""
        return self._digests().get(image)

    def blobs(self) -> dict[str, int]:
        """Return the size of every blob that is there, by digest."""
        digests = self.commands.read([*self._ctr(), "content", "list", "--quiet"]).split()
        return blob_sizes(self.content, digests)

    def import_tar(self, tar: Path) -> None:
        self.commands.run([*self._ctr(), "images", "import", str(tar)])

    def pin(self, image: str) -> None:
        """Keep an image when the disk is full: it can't be pulled again."""
        self.commands.run([*self._ctr(), "images", "label", image, PINNED])

    def forget(self, digest: str) -> None:
        """Remove the names of an image that was replaced; its layers go when nothing uses them."""
        names = [name for name, found in self._digests().items() if found == digest]
        if names:
            self.commands.run([*self._ctr(), "images", "remove", *names])

    def _digests(self) -> dict[str, str]:
        listing = self.commands.read([*self._ctr(), "images", "list"])
        return {row[0]: row[2] for row in (line.split() for line in listing.splitlines()[1:])}

    def _ctr(self) -> list[str]:
        return ["ctr", "--address", str(self.socket), "--namespace", NAMESPACE]


def blob_sizes(content: Path, digests: Iterable[str]) -> dict[str, int]:
    """Look the sizes up in the content store's folder. ctr itself prints them rounded."""
    files = {digest: content / "blobs" / "sha256" / digest.removeprefix("sha256:") for digest in digests}
    return {digest: file.stat().st_size for digest, file in files.items() if file.exists()}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Remembers which build of an image was loaded, to skip loading it again."""

    folder: Path

    def matches(self, name: str, build: str, digest: str | None) -> bool:
        try:
            kept = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return False
        return digest is not None and kept == {"build": build, "digest": digest}

    def remember(self, name: str, build: str, digest: str | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{name}.json").write_text(json.dumps({"build": build, "digest": digest}), encoding="utf-8")
