"""One command takes the demo away, even during a capture, and one command brings it up on a cluster without it."""

import shutil

import pytest

from e2e.eventually import eventually
from e2e.kubectl import Kubectl, is_ready

pytestmark = pytest.mark.alone

DEMO = "manifests/overlays/demo"
NAMESPACES = ("kubeshot-demo", "kubeshot-system")


def test_the_demo_goes_with_one_command_and_comes_back_with_another(kubectl: Kubectl) -> None:
    kubectl.run("delete", "shot", "--all", "-n", "kubeshot-demo")
    kubectl.run("apply", "-f", "examples/demo.yaml")
    eventually(lambda: phase(kubectl) == "Capturing", within=30, what="a capture is under way")

    kubectl.run("delete", "-k", DEMO, "--timeout=80s")
    assert ours(kubectl) == []
    eventually(lambda: capture_pods(kubectl) == [], within=30, what="no capture pod is left")

    # What kubectl remembers of the cluster's kinds would hide that they are not there.
    cache = kubectl.kubeconfig.parent / "e2e-cache"
    shutil.rmtree(cache, ignore_errors=True)
    kubectl.run("apply", "-k", DEMO, f"--cache-dir={cache}")
    wait = ("wait", "deployment", "--all", "--for=condition=Available", "--timeout=80s")
    for namespace in NAMESPACES:
        kubectl.run("-n", namespace, *wait)
    shutil.rmtree(cache)

    # With all Deployments available, the class is there too.
    assert kubectl.exists("captureclass", "default")
    kubectl.run("apply", "-f", "examples/demo.yaml")
    kubectl.run("-n", "kubeshot-demo", "wait", "--for=condition=Ready", "shot/demo", "--timeout=80s")
    shot = kubectl.get("shot", "demo", "-n", "kubeshot-demo")
    assert is_ready(shot)
    assert [output["name"] for output in shot["status"]["outputs"]] == ["screenshot", "full"]
    assert shot["status"]["page"]["title"] == "Kubeshot demo"
    assert shot["status"]["verdict"]["settled"] is True


def phase(kubectl: Kubectl) -> str:
    return str(kubectl.get("shot", "demo", "-n", "kubeshot-demo")["status"].get("phase", ""))


def ours(kubectl: Kubectl) -> list[str]:
    """Return the names of all that an installation makes outside of namespaces, and of its namespaces."""
    kinds = "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings"
    names = [line for line in kubectl.run("get", kinds, "--output=name").split() if "kubeshot" in line]
    return [name for name in names if not name.startswith("namespace/kubeshot-e2e-site")]


def capture_pods(kubectl: Kubectl) -> list[str]:
    return kubectl.run("get", "pods", "-A", "-l", "app.kubernetes.io/managed-by=kubeshot", "--output=name").split()
