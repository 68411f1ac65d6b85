"""The control group that holds everything of the cluster's pods."""

import os
import signal
import time
from pathlib import Path

from kubeshot_cluster.native.layout import CGROUP

ROOT = Path("/sys/fs/cgroup")
UNIFIED_CONTROLLERS = ("cpu", "cpuset", "memory", "pids", "io", "hugetlb")
INHERITED = ("cpuset.cpus", "cpuset.mems")


def roots(root: Path = ROOT) -> list[Path]:
    """Return the hierarchies: the one of version 2, or one per controller of version 1."""
    if (root / "cgroup.controllers").exists():
        return [root]
    return [folder for folder in sorted(root.iterdir()) if folder.is_dir() and not folder.is_symlink()]


def make(root: Path = ROOT) -> None:
    """Make the group. The kubelet wants to find it, with all controllers."""
    for hierarchy in roots(root):
        if hierarchy == root:
            _enable(hierarchy)
        group = hierarchy / CGROUP
        group.mkdir(exist_ok=True)
        _inherit(hierarchy, group)


def kill_all(root: Path = ROOT) -> bool:
    """Kill every process of every pod, until none is left. Says whether there were any."""
    found = False
    for _ in range(100):
        members = processes(root)
        if not members:
            break
        found = True
        for pid in members:
            _kill(pid)
        time.sleep(0.05)
    return found


def processes(root: Path = ROOT) -> set[int]:
    """Return the processes in the group and in those below it."""
    files = (file for hierarchy in roots(root) for file in (hierarchy / CGROUP).rglob("cgroup.procs"))
    return {int(line) for file in files for line in _lines(file)}


def remove(root: Path = ROOT) -> None:
    """Remove the group, the innermost first."""
    for hierarchy in roots(root):
        group = hierarchy / CGROUP
        inner = sorted((path for path in group.rglob("*") if path.is_dir()), key=lambda path: -len(path.parts))
        for folder in (*inner, group):
            _remove(folder)


def _enable(hierarchy: Path) -> None:
    for controller in UNIFIED_CONTROLLERS:
        try:
            (hierarchy / "cgroup.subtree_control").write_text(f"+{controller}")
        except OSError:
            continue  # This kernel has no such controller; the kubelet names the one it misses.


def _inherit(hierarchy: Path, group: Path) -> None:
    """Version 1 begins a group without processors and memory; nothing could run in it."""
    for name in INHERITED:
        above, here = hierarchy / name, group / name
        if above.exists() and hierarchy != ROOT and not here.read_text().strip():
            here.write_text(above.read_text())


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _remove(folder: Path) -> None:
    for _ in range(20):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.05)  # A process that was killed is still on its way out.
        else:
            return
