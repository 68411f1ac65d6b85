"""What the comparison brings into the cluster: the site with the pages, and the pod in which the loop runs."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.site.catalogue import CARDS
from e2e.eventually import eventually
from e2e.kubectl import REPOSITORY, Kubectl, Object, is_ready

SITE, LOOP = "bench-site", "bench-loop"
MEMORY = "2Gi"

_BENCH = REPOSITORY / "tests" / "bench"
_FONT = REPOSITORY / "manifests" / "overlays" / "demo" / "site" / "inter-display-bold.woff2"
_PORT = 8080
_FOLDER = "/bench"


@dataclass(frozen=True, slots=True)
class Program:
    """A pod of one container. `files` are mounted below /bench, by their path there."""

    name: str
    files: Mapping[str, Path]
    container: Object
    profile: Object


def address(namespace: str, path: str) -> str:
    """Return where a browser in the cluster finds a page."""
    return f"http://{SITE}.{namespace}.svc{path}"


def serve(kubectl: Kubectl, namespace: str, image: str) -> str:
    """Bring the site up with this checkout's pages, and return the UID of its pod."""
    modules = {f"bench/site/{file.name}": file for file in (_BENCH / "site").glob("*.py")}
    container: Object = {
        "image": image,
        "command": ["python3", "-m", "bench.site.server", str(_PORT), f"{_FOLDER}/{_FONT.name}"],
        "env": [{"name": "PYTHONPATH", "value": _FOLDER}],
        "readinessProbe": {"httpGet": {"path": CARDS[0].path, "port": _PORT}, "periodSeconds": 1, "timeoutSeconds": 10},
    }
    # A probe that comes late on a busy machine must not take the site off the network.
    service = {
        "selector": {"app": SITE},
        "publishNotReadyAddresses": True,
        "ports": [{"port": 80, "targetPort": _PORT}],
    }
    metadata = {"name": SITE, "namespace": namespace}
    kubectl.apply({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": service})
    program = Program(SITE, {**modules, _FONT.name: _FONT}, container, {"type": "RuntimeDefault"})
    return _start(kubectl, namespace, program)


def stand_by(kubectl: Kubectl, namespace: str, image: str) -> None:
    """Bring up a pod in which the loop can be started; it is confined as the pods of captures are."""
    container: Object = {
        "image": image,
        "command": ["/usr/bin/tini", "--", "sleep", "infinity"],
        "resources": {"requests": {"cpu": "250m", "memory": "384Mi"}, "limits": {"memory": MEMORY}},
    }
    profile = {"type": "Localhost", "localhostProfile": "kubeshot/chromium.json"}
    loop = _BENCH / "naive_pod.py"
    _start(kubectl, namespace, Program(LOOP, {loop.name: loop}, container, profile))


def loop_command(namespace: str) -> tuple[str, ...]:
    """Return the words after kubectl that start the loop."""
    python, chromium = "/opt/kubeshot/bin/python", "/usr/lib/chromium/chromium-headless-shell"
    return ("exec", "-i", "-n", namespace, LOOP, "--", python, f"{_FOLDER}/naive_pod.py", chromium)


def _start(kubectl: Kubectl, namespace: str, program: Program) -> str:
    """Start a pod, and return its UID when it is ready."""
    metadata = {"name": program.name, "namespace": namespace}
    # A ConfigMap's keys have no slashes; the volume puts each file where it belongs.
    keys = {path: path.replace("/", ".") for path in program.files}
    content = {key: base64.b64encode(program.files[path].read_bytes()).decode() for path, key in keys.items()}
    kubectl.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "binaryData": content},
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {**metadata, "labels": {"app": program.name}},
            "spec": _spec(program, [{"key": key, "path": path} for path, key in keys.items()]),
        },
    )

    def ready() -> str:
        pod = kubectl.get("pod", program.name, "-n", namespace)
        return str(pod["metadata"]["uid"]) if is_ready(pod) else ""

    return eventually(ready, within=90, what=f"the pod {program.name} is ready")


def _spec(program: Program, items: list[Object]) -> Object:
    security = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    mounts = [{"name": "files", "mountPath": _FOLDER}, {"name": "tmp", "mountPath": "/tmp"}]
    container = {
        "name": program.name,
        "imagePullPolicy": "IfNotPresent",
        "securityContext": security,
        **program.container,
    }
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": program.profile},
        "containers": [{**container, "volumeMounts": mounts}],
        "volumes": [
            {"name": "files", "configMap": {"name": program.name, "items": items}},
            {"name": "tmp", "emptyDir": {}},
        ],
    }
