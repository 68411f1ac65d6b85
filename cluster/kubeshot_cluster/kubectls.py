"""Finds a kubectl that fits the cluster's version."""

import json
import shutil
from pathlib import Path

from kubeshot_cluster import binaries
from kubeshot_cluster.places import Places
from kubeshot_cluster.problems import ClusterError
from kubeshot_cluster.steps import Steps

# kubectl supports servers one minor version older or newer.
MINOR = 35
SKEW = 1


def fits(version: str) -> bool:
    """Say whether a kubectl's `version --client --output=json` is close enough to the cluster's."""
    try:
        git_version = json.loads(version)["clientVersion"]["gitVersion"]
        minor = int(git_version.split(".")[1])
    except (ValueError, KeyError, IndexError):
        return False
    return abs(minor - MINOR) <= SKEW


def find(places: Places, steps: Steps) -> Path:
    """Take the one on PATH if it fits, else the one built from source."""
    found = shutil.which("kubectl", path=steps.path)
    if found and fits(_version(found, steps)):
        return Path(found)
    return binaries.build("kubernetes", places, steps) / "kubectl"


def _version(program: str, steps: Steps) -> str:
    try:
        return steps.quiet("kubectl").read([program, "version", "--client", "--output=json"])
    except ClusterError:
        return ""
