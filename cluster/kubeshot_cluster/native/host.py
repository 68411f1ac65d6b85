"""Reads what the machine allows."""

import re
from pathlib import Path

from kubeshot_cluster.native.node_settings import Host

CAP_SYS_RESOURCE = 24
PLAIN_RESOLVER = Path("/etc/resolv.conf")
# Where systemd-resolved keeps the real servers; its stub on loopback is out of a pod's reach.
SYSTEMD_RESOLVER = Path("/run/systemd/resolve/resolv.conf")
DEFAULT_MTU = 1500


def look(data: Path) -> Host:
    """Read the facts for a cluster that keeps its containers under `data`."""
    resolver = SYSTEMD_RESOLVER if SYSTEMD_RESOLVER.exists() else PLAIN_RESOLVER
    return Host(
        may_raise_oom_score=has_capability(Path("/proc/self/status").read_text(), CAP_SYS_RESOURCE),
        snapshotter=snapshotter_for(file_system_of(data, Path("/proc/self/mountinfo").read_text())),
        mtu=_mtu(Path("/proc/net/route").read_text()),
        resolver=resolver,
        has_nameserver=has_nameserver(resolver.read_text() if resolver.exists() else ""),
    )


def has_capability(status: str, number: int) -> bool:
    """Read the effective capabilities out of /proc/self/status."""
    found = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return bool(found and int(found[1], 16) >> number & 1)


def has_nameserver(resolver: str) -> bool:
    return re.search(r"^nameserver\s+\S", resolver, re.MULTILINE) is not None


def snapshotter_for(file_system: str) -> str:
    """Overlays can't be stacked on an overlay; plain copies work anywhere, and cost room."""
    return "native" if file_system == "overlay" else "overlayfs"


def file_system_of(path: Path, mountinfo: str) -> str:
    """Return the type of the file system a path is on: that of the longest mount point above it."""
    best, kind = "", ""
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        point = left.split()[4]
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind


def default_device(routes: str) -> str | None:
    """Return the device of the default route in /proc/net/route."""
    rows = (line.split() for line in routes.splitlines()[1:])
    return next((row[0] for row in rows if row[1] == "00000000" and row[7] == "00000000"), None)


def _mtu(routes: str) -> int:
    device = default_device(routes)
    file = Path(f"/sys/class/net/{device}/mtu")
    return int(file.read_text()) if file.exists() else DEFAULT_MTU
