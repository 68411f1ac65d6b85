"""Speaks to our containerd: its images, by ctr."""

import json
from dataclasses import dataclass
from pathlib import Path

from kubeshot_cluster.commands import Commands

NAMESPACE = "k8s.io"
PINNED = "io.cri-containerd.pinned=pinned"


@dataclass(frozen=True, slots=True)
class Containers:
    """The image store behind one containerd socket."""

    socket: Path
    commands: Commands

    def digest_of(self, image: str) -> str | None:
        """Return the digest an image name stands for, or None."""
        listing = self.commands.read([*self._ctr(), "images", "list", f"name=={image}"])
        rows = [line.split() for line in listing.splitlines()[1:]]
        return next((row[2] for row in rows if row[0] == image), None)

    def import_tar(self, tar: Path) -> None:
        self.commands.run([*self._ctr(), "images", "import", str(tar)])

    def pin(self, image: str) -> None:
        """Keep an image when the disk is full: it can't be pulled again."""
        self.commands.run([*self._ctr(), "images", "label", image, PINNED])

    def _ctr(self) -> list[str]:
        return ["ctr", "--address", str(self.socket), "--namespace", NAMESPACE]


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
