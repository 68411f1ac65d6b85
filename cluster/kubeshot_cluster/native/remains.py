"""Finds and clears what a run leaves behind: shims, pods, mounts, strays without a record."""

import ctypes
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from kubeshot_cluster.native import cgroups, outside
from kubeshot_cluster.native.command_lines import ORDER
from kubeshot_cluster.native.layout import Layout

SHIM = "containerd-shim-runc-v2"
LAZILY = 2  # MNT_DETACH


def is_shim(arguments: Sequence[str], socket: str) -> bool:
    """Say whether a process is a shim of the containerd on this socket."""
    if not arguments or Path(arguments[0]).name != SHIM:
        return False
    return any(pair == ("-address", socket) for pair in pairwise(arguments))


def is_daemon(arguments: Sequence[str], state: str) -> bool:
    """Say whether a process is one of the cluster's programs, run with files of this state folder."""
    if not arguments or Path(arguments[0]).name not in ORDER:
        return False
    return any(f"{state}/" in argument for argument in arguments[1:])


def mounts_below(mountinfo: str, folders: Sequence[Path]) -> list[Path]:
    """Return the mount points below the folders, the last mounted first."""
    points = [Path(_unescaped(line.split()[4])) for line in mountinfo.splitlines()]
    return [point for point in reversed(points) if any(point.is_relative_to(folder) for folder in folders)]


class Remains:
    """What is left of the cluster of this layout, known by its folders, its socket and its control group."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def shims(self) -> list[int]:
        socket = str(self._layout.containerd_socket)
        return list(_matching(lambda arguments: is_shim(arguments, socket)))

    def daemons(self, names: Sequence[str] = ORDER) -> list[int]:
        """Return the running programs of the cluster that have one of these names."""
        state = str(self._layout.places.state)
        return list(_matching(lambda found: is_daemon(found, state) and Path(found[0]).name in names))

    def mounts(self) -> list[Path]:
        folders = [self._layout.places.runtime, self._layout.places.state]
        return mounts_below(Path("/proc/self/mountinfo").read_text(), folders)

    def kill_pods(self) -> None:
        """Kill all pods and their shims. Kubelet and containerd must be gone, or they start new ones."""
        for pid in self.shims():
            kill(pid)
        cgroups.kill_all()

    def unmount(self) -> None:
        for point in self.mounts():
            _unmount(point)

    def clear_containers(self) -> None:
        """Bring the node to what it is after a reboot: no pod runs, nothing is mounted, no address is given out."""
        self.kill_pods()
        self.unmount()
        outside.remove_files(outside.shim_sockets(self._layout))
        shutil.rmtree(self._layout.containerd_state, ignore_errors=True)
        shutil.rmtree(self._layout.runc_root, ignore_errors=True)
        shutil.rmtree(self._layout.addresses, ignore_errors=True)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _matching(wanted: Callable[[Sequence[str]], bool]) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if wanted(arguments):
            yield int(process.name)


def _unmount(point: Path) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    library.umount2(os.fsencode(point), LAZILY)


def _unescaped(text: str) -> str:
    """Mountinfo writes spaces and the like as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
