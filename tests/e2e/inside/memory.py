"""Tells once a second how much of its memory limit the container uses, and how many processes that limit ended."""

import json
import threading

from kubeshot_capture import cgroup


def main() -> None:
    """Go on until the container ends."""
    limit, pause = cgroup.memory_limit(), threading.Event()
    while True:
        print(json.dumps([cgroup.share_in_use(limit), cgroup.oom_kills()]), flush=True)
        pause.wait(1.0)


if __name__ == "__main__":
    main()
