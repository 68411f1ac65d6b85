"""What the kernel tells of a process."""

import os
import socket
from pathlib import Path

from soak.gauge import read_usage


def test_own_process() -> None:
    process = Path("/proc/self")
    before = read_usage(process)
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        during = read_usage(process)
    assert during.fds == before.fds + 2
    assert before.threads >= 1
    assert before.memory_kib * 1024 < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert during.connections > 0
