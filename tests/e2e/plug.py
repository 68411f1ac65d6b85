"""Cuts MinIO off, and lets it back."""

import json

from e2e.bucket import NAMESPACE, SERVICE
from e2e.kubectl import Kubectl, Object


class Plug:
    """Takes MinIO's Service its endpoints, and gives them back. Its data stay where they are."""

    def __init__(self, kubectl: Kubectl) -> None:
        self._kubectl = kubectl
        self._selector = kubectl.get("service", SERVICE, "-n", NAMESPACE)["spec"]["selector"]

    def pull(self) -> None:
        """Cut it off."""
        self._select({name: "nobody" for name in self._selector})

    def put_back(self) -> None:
        """Let it back."""
        self._select(self._selector)

    def _select(self, selector: Object) -> None:
        patch = json.dumps({"spec": {"selector": selector}})
        self._kubectl.run("patch", "service", SERVICE, "-n", NAMESPACE, "--type=merge", f"--patch={patch}")
