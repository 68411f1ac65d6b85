"""The suite's hold on an underworld: a process in a pod's network namespace."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]

# Of each kind one: clouds' metadata and agents, private, shared, benchmarking, documentation; IPv6's, and what leads to
# IPv4 from there.
FORBIDDEN = (
    "169.254.169.254",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "10.99.99.99",
    "172.31.255.1",
    "192.168.77.7",
    "100.64.7.7",
    "198.18.7.7",
    "203.0.113.7",
    "fd00:ec2::254",
    "fd12:3456::7",
    "2001:db8::7",
    "2002:a63:6363::1",
    "64:ff9b::a9fe:a9fe",
)
# As public as any; in there nobody but the suite has them.
PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07::1")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the cluster stays as it is: its resolver as pods ask it, who answers there, and networks of Services."""

    resolver: str
    upstream: tuple[str, int]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was counted. Keys of packets are `address protocol/port`, those of knocks `address port`."""

    forbidden: dict[str, int]
    inside: dict[str, int]
    elsewhere: dict[str, int]
    knocks: dict[str, int]
    asked: dict[str, int]
    loot: list[Any]


class Underworld:
    """A network namespace without a way out but into the cluster, with all forbidden addresses in it."""

    def __init__(self, process: int, surroundings: Surroundings, site: Path) -> None:
        """Change the namespace of a process; return when everything in it answers."""
        world = {
            "resolver": surroundings.resolver,
            "upstream": surroundings.upstream,
            "services": surroundings.services,
            "forbidden": FORBIDDEN,
            "public": PUBLIC,
            "site": str(site),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hostile.underworld", str(process)],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._say(world) != "ready":
            raise RuntimeError(f"the underworld ended with {self._process.wait()}")

    def clear(self) -> None:
        """Count from now on."""
        self._say({"say": "clear"})

    def report(self) -> Report:
        """Return what was counted."""
        told = json.loads(self._say({"say": "report"}))
        return Report(**told.pop("packets"), **told)

    def close(self) -> None:
        """End it; the namespace goes with its pod."""
        self._process.communicate()

    def _say(self, message: dict[str, Any]) -> str:
        assert self._process.stdin is not None, "there is a pipe"
        assert self._process.stdout is not None, "there is a pipe"
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()
