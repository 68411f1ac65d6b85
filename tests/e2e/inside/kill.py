"""Kills processes, by their ids; says how many of them were there."""

import json
import os
import signal
import sys


def main() -> None:
    """Kill them all, one after the other."""
    killed = 0
    for pid in json.load(sys.stdin):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            # Its parent went before, and took it along.
            continue
        killed += 1
    print(killed)


if __name__ == "__main__":
    main()
