"""The zoo inside the cluster: one pod behind two names, from this checkout's files."""

import tempfile
from pathlib import Path

from e2e import reach
from e2e.eventually import eventually
from e2e.kubectl import REPOSITORY, Kubectl, Object
from zoo.runners.port import Addresses
from zoo.site.certificate import make_certificate

NAMESPACE = "kubeshot-zoo"
NAME, OTHER = "zoo", "other"
_HOSTS = f"*.{NAMESPACE}.svc"
ZOO = REPOSITORY / "tests" / "zoo"
PLAIN_PORT, SECURE_PORT, NOBODYS_PORT = 8080, 8443, 8081

ADDRESSES = Addresses(
    main=f"http://{NAME}.{NAMESPACE}.svc",
    other=f"http://{OTHER}.{NAMESPACE}.svc",
    tls=f"https://{NAME}.{NAMESPACE}.svc",
    refused=f"http://{NAME}.{NAMESPACE}.svc:81",
)


def deploy(kubectl: Kubectl, image: str) -> None:
    """Bring the zoo up with this checkout's pages, and return when it answers."""
    eventually(lambda: not _is_going(kubectl), within=60, what=f"the last {NAMESPACE} is gone")
    kubectl.apply(*_objects(image))
    reach.allow(kubectl, _HOSTS)
    kubectl.run("-n", NAMESPACE, "rollout", "restart", f"deployment/{NAME}")
    kubectl.run("-n", NAMESPACE, "rollout", "status", f"deployment/{NAME}", "--timeout=80s")


def remove(kubectl: Kubectl) -> None:
    """Take the zoo away, without waiting for its end."""
    reach.forbid(kubectl, _HOSTS)
    kubectl.run("delete", "namespace", NAMESPACE, "--wait=false")


def _is_going(kubectl: Kubectl) -> bool:
    found = kubectl.items("namespaces", f"--field-selector=metadata.name={NAMESPACE}")
    return any("deletionTimestamp" in namespace["metadata"] for namespace in found)


def _files() -> dict[str, str]:
    """Return the server's files by their path below `tests`."""
    files = [ZOO / "__main__.py", *sorted((ZOO / "site").rglob("*.py"))]
    return {str(file.relative_to(ZOO.parent)): file.read_text(encoding="utf-8") for file in files}


def _objects(image: str) -> list[Object]:
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder)).read_text()
    metadata = {"name": NAME, "namespace": NAMESPACE}
    # A ConfigMap's keys have no slashes; the volume puts each file where it belongs.
    data = {path.replace("/", "."): text for path, text in _files().items()}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data},
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"both.pem": certificate}},
        _service(NAME),
        _service(OTHER),
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "strategy": {"type": "Recreate"},
                "selector": {"matchLabels": {"app": NAME}},
                "template": {"metadata": {"labels": {"app": NAME}}, "spec": _pod(image)},
            },
        },
    ]


def _service(name: str) -> Object:
    ports = {"http": (80, PLAIN_PORT), "https": (443, SECURE_PORT), "nobody": (81, NOBODYS_PORT)}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "selector": {"app": NAME},
            # A probe that comes late on a busy machine must not take the zoo off the network.
            "publishNotReadyAddresses": True,
            "ports": [{"name": word, "port": port, "targetPort": target} for word, (port, target) in ports.items()],
        },
    }


def _pod(image: str) -> Object:
    server = [
        *("python3", "-m", "zoo", "--bind", "", "--port", str(PLAIN_PORT), "--tls-port", str(SECURE_PORT)),
        *("--main", ADDRESSES.main, "--other", ADDRESSES.other, "--tls", ADDRESSES.tls),
        *("--certificate", "/certificate/both.pem"),
    ]
    items = [{"key": path.replace("/", "."), "path": path} for path in _files()]
    return {
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65532},
        "containers": [
            {
                "name": NAME,
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                "command": server,
                "resources": {"requests": {"cpu": "200m", "memory": "64Mi"}},
                "env": [{"name": "PYTHONPATH", "value": "/pages"}],
                "readinessProbe": {
                    "httpGet": {"path": "/visits", "port": PLAIN_PORT},
                    "periodSeconds": 2,
                    "timeoutSeconds": 10,
                },
                "volumeMounts": [
                    {"name": "pages", "mountPath": "/pages"},
                    {"name": "certificate", "mountPath": "/certificate"},
                ],
            }
        ],
        "volumes": [
            {"name": "pages", "configMap": {"name": NAME, "items": items}},
            {"name": "certificate", "secret": {"secretName": NAME}},
        ],
    }
