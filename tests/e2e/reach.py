"""What the demo's class lets its captures reach: the sites of tests are inside of the cluster, where no page may go."""

import json
from collections.abc import Callable

from e2e.kubectl import Kubectl, Object


def allow(kubectl: Kubectl, host: str) -> None:
    """Let captures reach a host, or with `*.` in front all below it."""
    _change(kubectl, lambda hosts: sorted({*hosts, host}))


def forbid(kubectl: Kubectl, host: str) -> None:
    """Take back what was allowed."""
    _change(kubectl, lambda hosts: sorted({*hosts} - {host}))


def _change(kubectl: Kubectl, change: Callable[[list[str]], list[str]]) -> None:
    private: Object = kubectl.get("captureclass", "default")["spec"]["egress"]["allowPrivate"]
    patch = {"spec": {"egress": {"allowPrivate": {"hosts": change(private.get("hosts", []))}}}}
    kubectl.run("patch", "captureclass", "default", "--type=merge", f"--patch={json.dumps(patch)}")
