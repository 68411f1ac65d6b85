"""Who keeps a request in being besides its user: its owner, or a tool that would create it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Raw = Mapping[str, Any]


class KeeperKind(StrEnum):
    """Why a request must not be deleted behind somebody's back."""

    OWNER = "Owned"
    TOOL = "Tracked"


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who it is, in words: the owner, or the tool and the mark by which it knows the request."""

    kind: KeeperKind
    name: str


# What each tool puts on the objects that it applies. Many charts set `app.kubernetes.io/instance`, but Argo CD tracked
# by nothing else up to version 2, and to keep a request too long costs less than to capture it for ever.
_ANNOTATIONS: Final = {
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "meta.helm.sh/release-name": "Helm",
    "config.kubernetes.io/owning-inventory": "an inventory (Config Sync, kpt)",
    "objectset.rio.cattle.io/id": "Fleet",
}
_LABELS: Final = {
    "argocd.argoproj.io/instance": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
    "kapp.k14s.io/app": "kapp",
    "applyset.kubernetes.io/part-of": "kubectl apply --prune",
    "app.kubernetes.io/instance": "Argo CD or Helm",
}


def read_keeper(metadata: Raw) -> Keeper | None:
    """Return who keeps an object, by its metadata; `None` when it is its user's alone."""
    for owner in metadata.get("ownerReferences") or ():
        return Keeper(KeeperKind.OWNER, f"{owner['kind']} {owner['name']}")
    for kind, marks in (("annotation", _ANNOTATIONS), ("label", _LABELS)):
        given = metadata.get(f"{kind}s") or {}
        for mark, tool in marks.items():
            if given.get(mark):
                return Keeper(KeeperKind.TOOL, f"{tool} ({kind} {mark})")
    return None
