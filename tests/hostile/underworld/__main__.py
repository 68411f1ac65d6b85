"""Makes a pod's network namespace one without a way out, with the forbidden addresses in it, and counts packets there.

Called with the process id of something in that namespace, and told the rest as one line of JSON on standard input:

    {"resolver": address that the pod asks for names, "upstream": [address, port] that is asked for all other names,
     "services": [networks], "forbidden": [addresses], "public": [addresses], "site": folder with pages}

It says "ready" in a line of its own. Then each line of input is answered by a line of JSON: `{"say": "report"}` by what
was counted since the last `{"say": "clear"}`; the end of the input ends it. Standard library only, and root.
"""

import ctypes
import json
import os
import socket
import subprocess
import sys
from typing import Any

from hostile.underworld.names import Names
from hostile.underworld.packets import Packets
from hostile.underworld.servers import Servers

_CLONE_NEWNET = 0x40000000
# Every namespace has it, and every kernel; not all know dummy devices. Nothing leaves the namespace by it either.
_DEVICE = "lo"


def main() -> None:
    """Enter the namespace, change it, and serve until the input ends."""
    world = json.loads(sys.stdin.readline())
    # A socket stays in the namespace that it was made in: this one still reaches the cluster's resolver.
    upstream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    upstream.connect(tuple(world["upstream"]))
    _enter(int(sys.argv[1]))
    _rebuild(world)
    known = [*world["public"], world["resolver"], "127.0.0.0/8", "::1"]
    packets = Packets(world["forbidden"], [*world["services"], *_neighbours()], known)
    names = Names(world["resolver"], upstream, world["public"][0], world["forbidden"][0])
    servers = Servers(world["site"], world["public"], world["forbidden"])
    for part in (packets, names, servers):
        part.start()
    print("ready", flush=True)
    for line in sys.stdin:
        if json.loads(line)["say"] == "clear":
            for part in (packets, names, servers):
                part.clear()
        report = {"packets": packets.report(), "asked": names.report(), **servers.report()}
        print(json.dumps(report), flush=True)


def _enter(process: int) -> None:
    """Move this thread, and all that it starts, into the namespace of a process."""
    namespace = os.open(f"/proc/{process}/ns/net", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(namespace)


def _rebuild(world: dict[str, Any]) -> None:
    """Put the addresses there, and take every way away that leads out of the cluster; once is enough."""
    if world["resolver"] in _ip("addr", "show", "dev", _DEVICE):
        return
    for family in ("all", "default"):
        subprocess.run(["sysctl", "-qw", f"net.ipv6.conf.{family}.disable_ipv6=0"], check=True)
    for address in (*world["forbidden"], *world["public"], world["resolver"]):
        # Without asking whether somebody else has it: that would take a second.
        _ip("addr", "add", address, "dev", _DEVICE, *(("nodad",) if ":" in address else ()))
    for route in json.loads(_ip("-json", "route", "show", "default")):
        for network in world["services"]:
            _ip("route", "replace", network, "via", route["gateway"])
        _ip("route", "del", "default")
    _ip("route", "replace", "unreachable", "default")
    _ip("-6", "route", "replace", "unreachable", "default", "metric", "1")


def _neighbours() -> list[str]:
    """Return the networks that there are ways to, pods and nodes."""
    routes = json.loads(_ip("-json", "route", "show"))
    return [route["dst"] for route in routes if route["dst"] != "default"]


def _ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    main()
