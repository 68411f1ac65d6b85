"""Installs what is missing of the host's own packages."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kubeshot_cluster.locks import held
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps

# What proves that a package is there: a program on PATH, or a file. A program from elsewhere (containerd.io) will do.
NATIVE = {
    "containerd": "containerd",
    "runc": "runc",
    "containernetworking-plugins": "/usr/lib/cni/ptp",
    "nftables": "nft",
    "conntrack": "conntrack",
    "iproute2": "ip",
    "openssl": "openssl",
    "gcc": "gcc",
    "libc6-dev": "/usr/include/stdio.h",
}
BUILDAH = {"buildah": "buildah", "runc": "runc", "ca-certificates": "/etc/ssl/certs/ca-certificates.crt"}
DEBOOTSTRAP = {
    "debootstrap": "debootstrap",
    "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg",
}
VIRTUAL_ENVIRONMENT = {"python3-venv": "/usr/share/doc/python3-venv"}

# Where Debian puts programs of root's that another user's PATH does not have.
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


def is_there(proof: str, path: str) -> bool:
    """Say whether a program (by name) or a file (by absolute path) is there."""
    if proof.startswith("/"):
        return Path(proof).exists()
    return shutil.which(proof, path=f"{path}:{SYSTEM_PATH}") is not None


def missing(wanted: Mapping[str, str], present: Callable[[str], bool]) -> list[str]:
    """Name the packages whose proof is absent."""
    return [package for package, proof in wanted.items() if not present(proof)]


def install(wanted: Mapping[str, str], places: Places, steps: Steps) -> None:
    """Install what is missing by apt-get. Raises ClusterError on a system without apt."""
    if missing(wanted, lambda proof: is_there(proof, steps.path)):
        # apt-get does not wait for another one that updates its lists.
        with held(places.lock("packages"), steps.say):
            _install(missing(wanted, lambda proof: is_there(proof, steps.path)), steps)


def _install(absent: list[str], steps: Steps) -> None:
    if not absent:
        return
    if not is_there("apt-get", steps.path):
        raise ClusterError(f"This system has no apt-get; install {_listed(absent)} by its own means, then try again.")
    with steps.step(f"Installing {_listed(absent)}", "packages", "about a minute") as commands:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        commands.run(["apt-get", "update"], extra=quiet)
        commands.run(["apt-get", "install", "--yes", "--no-install-recommends", *absent], extra=quiet)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
