"""Looks around in a capture container: what is there to be taken, and what can be written."""

import json
import os
import socket
import ssl
import tempfile
import urllib.request
from pathlib import Path

PLACES = ("/", "/opt", "/usr/bin", "/etc", "/home", "/root", "/var/tmp", "/run", "/dev/shm", "/proc/sys", "/tmp")
TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


def can_write(place: str) -> bool:
    """Say whether a file can be made there."""
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def api_server() -> str:
    """Return what the API server says to somebody without a name."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen("https://kubernetes.default.svc/api/v1/pods", timeout=5, context=context) as answer:
            return f"answered {answer.status}"
    except urllib.error.HTTPError as error:
        return f"refused with {error.code}"
    except OSError as error:
        return f"not reached: {error}"


def status() -> dict[str, str]:
    """Return what the kernel says of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def main() -> None:
    """Tell all of it as JSON."""
    mine = status()
    found = {
        "variables": sorted(os.environ),
        "token": TOKEN.exists(),
        "writable": [place for place in PLACES if can_write(place)],
        "uid": os.getuid(),
        "capabilities": [mine["CapEff"], mine["CapPrm"], mine["CapBnd"]],
        "no_new_privileges": mine["NoNewPrivs"],
        "seccomp": mine["Seccomp"],
        "api_server": api_server(),
        "host": socket.gethostname(),
        "text": "\n".join(f"{name}={value}" for name, value in os.environ.items()),
    }
    print(json.dumps(found))


main()
