"""Goes on as root, by sudo, where a step needs it."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError

# What a program run by sudo must still know: where the user's folders are, and how the network is reached.
CARRIED = (
    "HOME",
    "PATH",
    "PYTHONPATH",
    "CLUSTER",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "PIP_CERT",
    "PIP_INDEX_URL",
    "GOPROXY",
    "GOFLAGS",
    "GONOSUMDB",
)


def become_root(places: Places, environment: Mapping[str, str], arguments: Sequence[str]) -> None:
    """Run the same command as root, with this user's folders, in place of this one."""
    sudo = shutil.which("sudo", path=environment.get("PATH"))
    if sudo is None:
        raise ClusterError("This needs root, for containers and their network; run it as root, or install sudo.")
    os.execv(sudo, [sudo, *as_root(places, environment, arguments)])


def as_root(places: Places, environment: Mapping[str, str], arguments: Sequence[str]) -> list[str]:
    """Write what sudo runs: this command, with the user's folders named and no byte code left in the checkout."""
    carried = [f"{name}={environment[name]}" for name in CARRIED if name in environment]
    folders = [f"XDG_CACHE_HOME={places.cache.parent}", f"XDG_STATE_HOME={places.state.parents[1]}"]
    command = [sys.executable, "-m", "kubeshot_cluster", *arguments]
    return ["env", *carried, *folders, "PYTHONDONTWRITEBYTECODE=1", *command]


def give_to_user(file: Path, environment: Mapping[str, str]) -> None:
    """Let the user who called sudo own a file, and reach it."""
    user = environment.get("SUDO_UID")
    if user and file.exists():
        os.chown(file, int(user), int(environment.get("SUDO_GID", user)))
