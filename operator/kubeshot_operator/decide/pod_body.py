"""What all pods of ours have in common: how they are confined, and how they prove who they are."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from kubeshot_contract.dispatch import DISPATCH_VARIABLE, TOKEN_VARIABLE, digest_of
from kubeshot_contract.egress import PROXY_KEY, PROXY_VARIABLE
from kubeshot_contract.options import Sandbox
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass, PodTemplate
from kubeshot_operator.api.scalars import format_bytes

# Chromium writes its profile and caches here; the limit keeps a page from filling the node's disk.
_SCRATCH_SIZE = "512Mi"


@dataclass(frozen=True, slots=True)
class Access:
    """The way to the dispatch service, host and port, and the token that is good for one pod."""

    address: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Life:
    """How long the kubelet lets a pod be: `longest` from before the image's pull, `grace` from being told to end."""

    longest: timedelta
    grace: timedelta


def labels_of(template: PodTemplate, name: str) -> dict[str, str]:
    """Return the labels that a pod of a class has whatever it is for."""
    return {**template.labels, crd.MANAGED_BY_LABEL: crd.MANAGED_BY, crd.NAME_LABEL: name}


def annotations_of(template: PodTemplate, access: Access) -> dict[str, str]:
    """Return a pod's annotations; they tell what may be known of its token."""
    return {**template.annotations, crd.TOKEN_ANNOTATION: digest_of(access.token)}


def build_spec(template: PodTemplate, life: Life, container: dict[str, Any], volumes: list[Any]) -> dict[str, Any]:
    """Return the spec of a pod with one container, without any right in the cluster."""
    return {
        **template.extra,
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "activeDeadlineSeconds": round(life.longest.total_seconds()),
        "terminationGracePeriodSeconds": round(life.grace.total_seconds()),
        "securityContext": {"runAsNonRoot": True, **_profiles(template)},
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": _SCRATCH_SIZE}}, *volumes],
    }


def _profiles(template: PodTemplate) -> dict[str, Any]:
    """Return what the kernel lets a pod do: as much as Chromium needs to make its sandbox, if it has one."""
    is_sandboxed = template.sandbox is Sandbox.REQUIRED
    seccomp = _on_node(template.seccomp_profile) if is_sandboxed else {"type": "RuntimeDefault"}
    apparmor = {} if template.apparmor_profile is None else {"appArmorProfile": _on_node(template.apparmor_profile)}
    return {"seccompProfile": seccomp, **apparmor}


def _on_node(profile: str) -> dict[str, str]:
    return {"type": "Localhost", "localhostProfile": profile}


def build_container(template: PodTemplate, memory: int, variables: list[Any], mounts: list[Any]) -> dict[str, Any]:
    """Return a container with `memory` bytes."""
    return {
        "name": crd.CAPTURE_CONTAINER,
        "image": template.image,
        "imagePullPolicy": "IfNotPresent",
        "env": variables,
        "resources": {
            "requests": template.requests,
            "limits": {**template.limits, "memory": format_bytes(memory)},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, *mounts],
    }


def access_variables(access: Access) -> dict[str, str]:
    """Return the variables that lead a pod to the dispatch service."""
    return {TOKEN_VARIABLE: access.token, DISPATCH_VARIABLE: access.address}


def proxy_variables(capture_class: CaptureClass) -> list[dict[str, Any]]:
    """Return the variable that holds the class's own proxy, which the kubelet reads: no Secret passes the operator."""
    if capture_class.proxy_secret is None:
        return []
    secret = {"name": capture_class.proxy_secret, "key": PROXY_KEY}
    return [{"name": PROXY_VARIABLE, "valueFrom": {"secretKeyRef": secret}}]


def plain_variables(variables: dict[str, str]) -> list[dict[str, Any]]:
    """Return variables as a container has them."""
    # The kubelet expands $(NAME) in values; $$ stands for one $.
    return [{"name": name, "value": value.replace("$", "$$")} for name, value in variables.items()]


def owned_by(kind: str, name: str, uid: str) -> list[dict[str, Any]]:
    """Return the owner of a pod: the garbage collector deletes the one after the other."""
    return [{"apiVersion": crd.API_VERSION, "kind": kind, "name": name, "uid": uid, "controller": True}]
