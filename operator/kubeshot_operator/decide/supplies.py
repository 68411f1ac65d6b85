"""What the kubelet supplies to a capture: Secrets' values, a session, a page. The operator sees none of it.

All of it is optional to the kubelet: the capture says in one sentence which key of what is missing, and is tried again.
A pod that the kubelet refused to start would hang without a word of its own.
"""

from typing import Any

from kubeshot_contract.secret_values import (
    FILES_FOLDER,
    HTML_FILE,
    STORAGE_STATE_FILE,
    mounted_config_map,
    mounted_secret,
    secret_variables,
)
from kubeshot_contract.spec import CaptureSpec

# The files are root's, and the capture runs as another user.
_READABLE = 0o444


def supply_variables(spec: CaptureSpec) -> list[dict[str, Any]]:
    """Return the variables of a container that take their values from Secrets."""
    return [
        {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret.name, "key": secret.key, "optional": True}}}
        for secret, variable in secret_variables(spec).items()
    ]


def supply_volumes(spec: CaptureSpec) -> list[dict[str, Any]]:
    """Return the volumes of a pod that hold files from Secrets and ConfigMaps."""
    return [{"name": name, **source} for name, source in _sources(spec).items()]


def supply_mounts(spec: CaptureSpec) -> list[dict[str, Any]]:
    """Return where a container finds those volumes."""
    return [{"name": name, "mountPath": f"{FILES_FOLDER}/{name}", "readOnly": True} for name in _sources(spec)]


def _sources(spec: CaptureSpec) -> dict[str, dict[str, Any]]:
    """Return what is mounted, by the folder in which the capture looks for it."""
    sources: dict[str, dict[str, Any]] = {}
    if secret := mounted_secret(spec):
        folder, file = STORAGE_STATE_FILE.split("/")
        sources[folder] = {"secret": {"secretName": secret.name, **_only(secret.key, file)}}
    if config_map := mounted_config_map(spec):
        folder, file = HTML_FILE.split("/")
        sources[folder] = {"configMap": {"name": config_map.name, **_only(config_map.key, file)}}
    return sources


def _only(key: str, file: str) -> dict[str, Any]:
    return {"items": [{"key": key, "path": file}], "defaultMode": _READABLE, "optional": True}
