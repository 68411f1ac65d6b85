"""Writes an image for a receiver that has some of its layers: a tar with the rest."""

import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

BLOBS = Path("blobs/sha256")
# By this annotation containerd names what it imports.
NAME_ANNOTATION = "io.containerd.image.name"


def prepare(layout: Path, present: Mapping[str, int]) -> None:
    """Put placeholders into an OCI layout, so that a push into it leaves out what is present (digest: size).

    They have the right size, because the push writes it into the manifest, but no content, and take no room.
    """
    (layout / BLOBS).mkdir(parents=True)
    for digest, size in present.items():
        with (layout / BLOBS / _name(digest)).open("wb") as file:
            file.truncate(size)


def write(layout: Path, tag: str, present: Mapping[str, int], tar: Path) -> None:
    """Pack the layout under the image's name, without the placeholders."""
    index_file = layout / "index.json"
    index = json.loads(index_file.read_text(encoding="utf-8"))
    index["manifests"][0]["annotations"] = {NAME_ANNOTATION: tag}
    index_file.write_text(json.dumps(index), encoding="utf-8")
    left_out = {_name(digest) for digest in present}
    with tarfile.open(tar, "w") as archive:
        for name in ("oci-layout", "index.json"):
            archive.add(layout / name, arcname=name)
        for blob in sorted((layout / BLOBS).iterdir()):
            if blob.name not in left_out:
                archive.add(blob, arcname=str(BLOBS / blob.name))


def _name(digest: str) -> str:
    return digest.removeprefix("sha256:")
