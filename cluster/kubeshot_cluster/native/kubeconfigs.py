"""Writes kubeconfig files, complete in themselves."""

import base64
import json
from pathlib import Path

from kubeshot_cluster.native.certificates import Pki
from kubeshot_cluster.native.layout import NODE
from kubeshot_cluster.native.plan import Plan


def render(plan: Plan, pki: Pki, user: str) -> str:
    """Return a kubeconfig, as JSON, which is YAML too, with the keys inside."""
    cluster = {"server": plan.server, "certificate-authority-data": _encoded(pki.authority)}
    credentials = {
        "client-certificate-data": _encoded(pki.certificate(user)),
        "client-key-data": _encoded(pki.key(user)),
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": NODE,
        "clusters": [{"name": NODE, "cluster": cluster}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": NODE, "context": {"cluster": NODE, "user": user}}],
    }
    return json.dumps(config, indent=2) + "\n"


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode("ascii")
