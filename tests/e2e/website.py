"""The misbehaving site, inside the cluster."""

import json
from dataclasses import dataclass
from urllib.parse import quote

from e2e.eventually import eventually
from e2e.kubectl import REPOSITORY, Kubectl, Object

NAMESPACE = "kubeshot-e2e-site"
NAME = "site"
SERVER = REPOSITORY / "tests" / "e2e" / "site" / "server.py"


@dataclass(frozen=True, slots=True)
class Website:
    """Where the site is for a browser in the cluster, and how a test speaks to it."""

    kubectl: Kubectl
    namespace: str = NAMESPACE

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://{NAME}.{self.namespace}.svc{path}"

    def refused_url(self) -> str:
        """Return an address of the site's own machine at which nothing listens."""
        [pod] = self.kubectl.items("pods", "-n", self.namespace, "-l", f"app={NAME}")
        return f"http://{pod['status']['podIP']}:8081/"

    def hits(self, path: str) -> int:
        """Return how often a path, with its query, was asked for."""
        return self.all_hits().get(path, 0)

    def all_hits(self) -> dict[str, int]:
        """Return how often each path, with its query, was asked for."""
        return dict(json.loads(self._ask("/hits")))

    def open(self, gate: str) -> None:
        """Let a gate's pages answer."""
        self._ask(f"/open/{gate}")

    def close(self, gate: str) -> None:
        """Hold a gate's pages back."""
        self._ask(f"/close/{gate}")

    def _ask(self, path: str) -> str:
        return self.kubectl.raw(f"/api/v1/namespaces/{self.namespace}/services/{NAME}:80/proxy{quote(path)}")


def deploy(kubectl: Kubectl, image: str, namespace: str = NAMESPACE) -> Website:
    """Bring the site up with this checkout's server, and return it when it answers."""
    eventually(lambda: not _is_going(kubectl, namespace), within=60, what=f"the last {namespace} is gone")
    kubectl.apply(*_objects(image, namespace))
    kubectl.run("-n", namespace, "rollout", "restart", f"deployment/{NAME}")
    kubectl.run("-n", namespace, "rollout", "status", f"deployment/{NAME}", "--timeout=80s")
    return Website(kubectl, namespace)


def remove(site: Website) -> None:
    """Take the site away, without waiting for its end."""
    site.kubectl.run("delete", "namespace", site.namespace, "--wait=false")


def _is_going(kubectl: Kubectl, namespace: str) -> bool:
    found = kubectl.items("namespaces", f"--field-selector=metadata.name={namespace}")
    return any("deletionTimestamp" in item["metadata"] for item in found)


def _objects(image: str, namespace: str) -> list[Object]:
    metadata = {"name": NAME, "namespace": namespace}
    labels = {"app": NAME}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"server.py": SERVER.read_text()}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {
                "selector": labels,
                # A probe that comes late on a busy machine must not take the site off the network.
                "publishNotReadyAddresses": True,
                "ports": [{"port": 80, "targetPort": 8080}],
            },
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "strategy": {"type": "Recreate"},
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": _pod(image)},
            },
        },
    ]


def _pod(image: str) -> Object:
    return {
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65532},
        "containers": [
            {
                "name": NAME,
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "command": ["python3", "/site/server.py", "8080"],
                "readinessProbe": {
                    "httpGet": {"path": "/hits", "port": 8080},
                    "periodSeconds": 1,
                    "timeoutSeconds": 10,
                },
                "volumeMounts": [{"name": NAME, "mountPath": "/site"}],
            }
        ],
        "volumes": [{"name": NAME, "configMap": {"name": NAME}}],
    }
