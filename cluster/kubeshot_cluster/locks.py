"""One run at a time: a lock that ends with its process, however that ends."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kubeshot_cluster.problems import ClusterError

PATIENCE_SECONDS = 1200.0


@contextmanager
def held(path: Path, say: Callable[[str], None], patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock file. Waits for another holder, saying so once; raises ClusterError when it takes too long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        _acquire(file.fileno(), path, say, patience)
        path.write_text(f"{os.getpid()}\n", encoding="utf-8")
        yield


def _acquire(descriptor: int, path: Path, say: Callable[[str], None], patience: float) -> None:
    if _try(descriptor):
        return
    holder = path.read_text(encoding="utf-8").strip() or "unknown"
    say(f"  Waiting for another run, process {holder} ...")
    until = time.monotonic() + patience
    while not _try(descriptor):
        if time.monotonic() > until:
            raise ClusterError(f"Process {holder} has held {path} for too long; wait for it or end it, then try again.")
        time.sleep(0.2)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
