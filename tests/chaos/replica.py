"""An operator as a process of this machine, started again whenever it ends, as a Deployment's pod is."""

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e.eventually import eventually
from e2e.kubectl import REPOSITORY

_PROGRAM = Path(__file__).parent / "inside" / "stepped.py"
_PACKAGES = os.pathsep.join(str(REPOSITORY / folder) for folder in ("operator", "capture-image", "tests"))
# A kubelet waits longer from the second time on; here that would only cost time.
_PAUSE = 0.2
_LEADS = "kubeshot_leader 1.0"


@dataclass(frozen=True, slots=True)
class Post:
    """Where an operator works: its own namespace, the API server as it sees it, and where pods find its dispatch."""

    namespace: str
    server: str
    dispatch_address: str
    folder: Path
    max_pods: int = 8


class Replica:
    """One operator at a time, of the same port and folder; `buried` is called when one has ended."""

    def __init__(self, post: Post, buried: Callable[[], None]) -> None:
        self._post = post
        self._buried = buried
        self.token = ""
        self._sabotage = ""
        self.dispatch_port, self._health_port = free_port(), free_port()
        self.deaths: list[int] = []
        post.folder.mkdir(parents=True)
        self._clock = post.folder / "clock"
        self.step_clock(0)
        self.rotate_token()
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="replica", daemon=True)
        self._keeper.start()

    @property
    def log(self) -> Path:
        """What it said so far."""
        return self._post.folder / "log"

    def rotate_token(self) -> str:
        """Give it another token, and return that one; who is given the old one has to know of it."""
        self.token = secrets.token_hex(8)
        config = {
            "current-context": "chaos",
            "contexts": [{"name": "chaos", "context": {"cluster": "chaos", "user": "chaos"}}],
            "clusters": [{"name": "chaos", "cluster": {"server": self._post.server}}],
            "users": [{"name": "chaos", "user": {"token": self.token}}],
        }
        # Never half of it: it is read at any moment.
        fresh = self._kubeconfig.with_suffix(".new")
        fresh.write_text(json.dumps(config))
        fresh.replace(self._kubeconfig)
        return self.token

    def step_clock(self, seconds: float) -> None:
        """Set by how much its time of day is ahead."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self._clock)

    def kill(self) -> None:
        """Kill it at once; another one follows."""
        if self._process is not None:
            self._process.kill()

    def leads(self) -> bool:
        """Say whether it holds the Lease."""
        return _LEADS in self._ask("metrics")

    def why_not_ready(self) -> str:
        """Return what it says to be wrong, `ok` when nothing is, and nothing while it is not there."""
        return self._ask("readyz")

    @contextmanager
    def sabotaged(self, *ways: str) -> Iterator[None]:
        """Have it broken for a while, in some of the ways in `inside/sabotage.py`."""
        self._sabotage = " ".join(ways)
        self.kill()
        try:
            yield
        finally:
            self._sabotage = ""
            self.kill()

    def until_it_leads(self, within: float = 60) -> None:
        """Wait until it holds the Lease."""
        eventually(self.leads, within=within, what="the operator leads", interval=0.2)

    def close(self) -> None:
        """End it for good."""
        self._ending.set()
        self.kill()
        self._keeper.join(timeout=10)

    def _ask(self, path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._health_port}/{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refusal:
            return refusal.read().decode()
        except OSError:
            return ""

    @property
    def _kubeconfig(self) -> Path:
        return self._post.folder / "kubeconfig"

    def _keep(self) -> None:
        while not self._ending.is_set():
            with self.log.open("ab") as log:
                command = (sys.executable, str(_PROGRAM))
                self._process = subprocess.Popen(command, env=self._environment(), stdout=log, stderr=log)
            self.deaths.append(self._process.wait())
            self._buried()
            self._ending.wait(_PAUSE)

    def _environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": _PACKAGES,
            "CHAOS_CLOCK": str(self._clock),
            "CHAOS_SABOTAGE": self._sabotage,
            "KUBECONFIG": str(self._kubeconfig),
            "KUBESHOT_NAMESPACE": self._post.namespace,
            "KUBESHOT_MAX_PODS": str(self._post.max_pods),
            "KUBESHOT_HEALTH_PORT": str(self._health_port),
            "KUBESHOT_DISPATCH_PORT": str(self.dispatch_port),
            "KUBESHOT_DISPATCH_ADDRESS": self._post.dispatch_address,
            # What a watch has missed is found within a scene.
            "KUBESHOT_RELIST_SECONDS": "15",
        }


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
        return port
