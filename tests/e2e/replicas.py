"""How many operators the demo has."""

import json

from e2e.eventually import eventually
from e2e.kubectl import Kubectl
from e2e.space import OPERATOR, OPERATOR_NAMESPACE

_DEPLOYMENT = "kubeshot-operator"


def replicas_of(kubectl: Kubectl) -> int:
    """Return how many operators are meant to be there."""
    return int(kubectl.get("deployment", _DEPLOYMENT, "-n", OPERATOR_NAMESPACE)["spec"]["replicas"])


def scale(kubectl: Kubectl, replicas: int) -> None:
    """Set the number of operators, and wait until it is so."""
    patch = json.dumps({"spec": {"replicas": replicas}})
    place = ("-n", OPERATOR_NAMESPACE)
    kubectl.run("patch", "deployment", _DEPLOYMENT, *place, f"--patch={patch}")
    kubectl.run("rollout", "status", f"deployment/{_DEPLOYMENT}", *place, "--timeout=60s")
    eventually(
        lambda: len(kubectl.items("pods", *place, "-l", OPERATOR)) == replicas, within=40, what=f"{replicas} operators"
    )
