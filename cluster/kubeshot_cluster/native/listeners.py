"""Who listens on a port."""

import os
import socket
import time
from pathlib import Path

LISTENING = "0A"


def is_free(port: int) -> bool:
    """Say whether nothing listens on this TCP port, on any address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def becomes_free(port: int, within: float) -> bool:
    """Wait for a port: a program that was just ended may hold it while its last threads leave."""
    until = time.monotonic() + within
    while not is_free(port):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def sockets_on(table: str, port: int) -> list[str]:
    """Return the inodes of the listening sockets on a port, read from /proc/net/tcp or tcp6."""
    inodes = []
    for line in table.splitlines()[1:]:
        columns = line.split()
        if columns[3] == LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
            inodes.append(columns[9])
    return inodes


def owner(port: int) -> str:
    """Name the process that listens on a port, as `name (process N)`."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    inodes = [inode for table in tables if table.exists() for inode in sockets_on(table.read_text(), port)]
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        if wanted & _open_files(process):
            return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return "an unknown process"


def _open_files(process: Path) -> set[str]:
    try:
        return {_target(file) for file in list((process / "fd").iterdir())}
    except OSError:
        return set()


def _target(file: Path) -> str:
    try:
        return os.readlink(file)
    except OSError:
        return ""  # It was closed meanwhile.
