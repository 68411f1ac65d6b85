"""The misbehaving site on this machine: nothing that happens to the cluster loses its count of visits."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass

from chaos.replica import free_port
from e2e.eventually import eventually
from e2e.website import SERVER


@dataclass(frozen=True, slots=True)
class Site:
    """`host` is this machine as the pods see it."""

    host: str
    port: int
    process: subprocess.Popen[bytes]

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://{self.host}:{self.port}{path}"

    def hits(self) -> dict[str, int]:
        """Return how often each path, with its query, was asked for."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/hits", timeout=10) as answer:
            return dict(json.load(answer))

    def answers(self) -> bool:
        """Say whether it is up."""
        try:
            return self.hits() == {}
        except (urllib.error.URLError, OSError):
            return False

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


def serve(host: str) -> Site:
    """Start it, and return it when it answers."""
    port = free_port()
    command = (sys.executable, str(SERVER), str(port))
    site = Site(host, port, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    eventually(site.answers, within=20, what="the site answers")
    return site
