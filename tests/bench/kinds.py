"""What kind of process is which: the rows of the table of CPU time."""

from collections.abc import Mapping
from typing import Final

RENDERER: Final = "Chromium: pages"
DRAWING: Final = "Chromium: drawing (GPU process)"
BROWSER: Final = "Chromium: browser, network, zygotes"
DRIVER: Final = "Playwright's driver (Node.js)"
PYTHON: Final = "the capture's Python"
POD_REST: Final = "tini, pause and others of the pod"
POD_UNSEEN: Final = "of the pods, ended between two looks"

OPERATOR: Final = "operator"
MINIO: Final = "MinIO"
SITE: Final = "the site with the pages"
OTHER_PODS: Final = "other pods"

API_SERVER: Final = "kube-apiserver"
ETCD: Final = "etcd"
KUBELET: Final = "kubelet"
CONTAINERD: Final = "containerd, shims, runc"
CONTROL: Final = "controllers, scheduler, proxy, DNS"
MEASURING: Final = "the measurement itself, kubectl"
KERNEL: Final = "kernel threads"
STRANGERS: Final = "other processes of the machine"
UNSEEN: Final = "not assigned: shorter than a look, interrupts"

CAPTURE_KINDS = (RENDERER, DRAWING, BROWSER, DRIVER, PYTHON, POD_REST, POD_UNSEEN)
POD_KINDS = (OPERATOR, MINIO, SITE, OTHER_PODS)
NODE_KINDS = (API_SERVER, ETCD, KUBELET, CONTAINERD, CONTROL)
REST_KINDS = (MEASURING, KERNEL, STRANGERS, UNSEEN)
KINDS = (*CAPTURE_KINDS, *POD_KINDS, *NODE_KINDS, *REST_KINDS)

# As /proc names them: at most 15 characters.
_NODE: Mapping[str, str] = {
    "kube-apiserver": API_SERVER,
    "etcd": ETCD,
    "kubelet": KUBELET,
    "containerd": CONTAINERD,
    "containerd-shim": CONTAINERD,
    "runc": CONTAINERD,
    "kube-controller": CONTROL,
    "kube-scheduler": CONTROL,
    "kube-proxy": CONTROL,
    "coredns": CONTROL,
}


def of_capture(name: str, command: str) -> str:
    """Return the kind of a process in a pod that captures."""
    match name:
        case _ if name.startswith("python"):
            return PYTHON
        case _ if "--type=renderer" in command:
            return RENDERER
        case _ if "--type=gpu-process" in command:
            return DRAWING
        case _ if "chromium" in command or "--type=" in command:
            return BROWSER
        case _ if name.startswith("node"):
            return DRIVER
    return POD_REST


def of_node(name: str) -> str | None:
    """Return the kind of a process of the node, None when it is nothing of Kubernetes."""
    return _NODE.get(name) or (CONTAINERD if name.startswith("runc:") else None)
