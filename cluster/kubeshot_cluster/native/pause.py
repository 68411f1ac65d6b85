"""Builds the pause image without any builder: one static program in an otherwise empty image."""

import hashlib
import io
import json
import platform
import tarfile
from pathlib import Path

from kubeshot_cluster.commands import Commands
from kubeshot_cluster.native.layout import PAUSE_IMAGE

SOURCE = Path(__file__).with_name("pause.c")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def build(folder: Path, commands: Commands) -> Path:
    """Return the image's tar, built if it is not there yet."""
    version = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]
    image = folder / f"pause-{version}.tar"
    if not image.exists():
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / f"pause-{version}"
        commands.run(["gcc", "-Os", "-static", "-s", "-o", str(program), str(SOURCE)])
        unfinished = image.with_suffix(".new")
        unfinished.write_bytes(archive(program.read_bytes(), architecture(platform.machine())))
        unfinished.rename(image)
    return image


def architecture(machine: str) -> str:
    """Translate the kernel's name of a processor into Go's and the registries'."""
    return ARCHITECTURES.get(machine, machine)


def archive(program: bytes, processor: str) -> bytes:
    """Write a docker-archive with one layer that holds /pause."""
    layer = _tar({"pause": program}, mode=0o755)
    config = json.dumps(
        {
            "architecture": processor,
            "os": "linux",
            "config": {"Entrypoint": ["/pause"], "User": "65535:65535"},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        }
    ).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": [PAUSE_IMAGE], "Layers": ["layer.tar"]}]).encode()
    return _tar({"manifest.json": manifest, "config.json": config, "layer.tar": layer}, mode=0o644)


def _tar(files: dict[str, bytes], mode: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
