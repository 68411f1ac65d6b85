"""What the cluster's programs insist on making outside the cluster's own folders, and how it is removed."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from kubeshot_cluster.native.layout import NODE, Layout

# Their places are fixed in the programs' code.
FOLDERS = tuple(
    Path(name)
    for name in (
        "/etc/cni",
        "/opt/cni",
        "/run/containerd",
        "/usr/libexec/kubernetes",
        "/var/lib/cni",
        "/var/lib/kubelet",
        "/var/log/containers",
    )
)
LOG_LINKS = Path("/var/log/containers")
DEVICE_PLUGINS = Path("/var/lib/kubelet/device-plugins")
NETWORK_RESULTS = Path("/var/lib/cni/results")


def remember(file: Path, folders: Sequence[Path] = FOLDERS) -> None:
    """Keep which of the folders are not there before the cluster is, unless that is kept already."""
    if not file.exists():
        file.write_text(json.dumps([str(folder) for folder in folders if not folder.exists()]), encoding="utf-8")


def remove(layout: Layout) -> None:
    """Remove the cluster's files outside, then those folders that were not there and are empty now."""
    remove_files(log_links(LOG_LINKS, layout.pod_logs))
    remove_files(network_results(NETWORK_RESULTS))
    remove_files(shim_sockets(layout))
    if not layout.outside.exists():
        return
    made = [Path(name) for name in json.loads(layout.outside.read_text(encoding="utf-8"))]
    if DEVICE_PLUGINS.parent in made:
        remove_files(DEVICE_PLUGINS.glob("*"))
    for folder in made:
        prune(folder)


def log_links(folder: Path, pod_logs: Path) -> list[Path]:
    """Return the links in a folder that lead to our pods' logs."""
    links = (path for path in folder.glob("*") if path.is_symlink())
    return [link for link in links if link.readlink().is_relative_to(pod_logs)]


def network_results(folder: Path) -> list[Path]:
    """Return the files in which CNI keeps what it did for our containers: for our network and for their loopback."""
    ours = [path for path in folder.glob(f"{NODE}-*")]
    containers = [path.name.split("-")[1] for path in ours]
    return [*ours, *(folder / f"cni-loopback-{container}-lo" for container in containers)]


def shim_sockets(layout: Layout) -> list[Path]:
    """Return the sockets of our containers' shims, as each container's folder names them."""
    files = layout.containerd_state.glob("io.containerd.runtime.v2.task/*/*/address")
    return [Path(file.read_text(encoding="utf-8").strip().removeprefix("unix://")) for file in files]


def remove_files(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def prune(folder: Path) -> None:
    """Remove a folder and those in it as far as they are empty."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for inner in folder.iterdir():
        prune(inner)
    if not any(folder.iterdir()):
        folder.rmdir()
