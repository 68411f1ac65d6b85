"""Says whether a host has an address."""

import json
import socket
import sys


def main() -> None:
    """Ask the system's resolver."""
    try:
        found = bool(socket.getaddrinfo(json.load(sys.stdin), 80))
    except OSError:
        found = False
    print(json.dumps(found))


if __name__ == "__main__":
    main()
