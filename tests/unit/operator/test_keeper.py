"""Who keeps a request in being: what owners and GitOps tools leave on an object."""

from typing import Any

import pytest

from kubeshot_operator.api.keeper import Keeper, KeeperKind, read_keeper

OWNER = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "uid": "1"}


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"annotations": {"argocd.argoproj.io/tracking-id": "shop:kubeshot.dev/ScreenshotRequest:a/b"}}, "Argo CD"),
        ({"labels": {"argocd.argoproj.io/instance": "shop"}}, "Argo CD"),
        ({"labels": {"app.kubernetes.io/instance": "shop"}}, "Argo CD or Helm"),
        ({"labels": {"kustomize.toolkit.fluxcd.io/name": "a", "kustomize.toolkit.fluxcd.io/namespace": "b"}}, "Flux"),
        ({"labels": {"helm.toolkit.fluxcd.io/name": "a", "helm.toolkit.fluxcd.io/namespace": "b"}}, "Flux"),
        ({"annotations": {"meta.helm.sh/release-name": "shop"}}, "Helm"),
        ({"annotations": {"config.kubernetes.io/owning-inventory": "x"}}, "an inventory"),
        ({"annotations": {"objectset.rio.cattle.io/id": "x"}}, "Fleet"),
        ({"labels": {"kapp.k14s.io/app": "1"}}, "kapp"),
        ({"labels": {"applyset.kubernetes.io/part-of": "x"}}, "kubectl apply --prune"),
    ],
    ids=[
        "Argo CD by annotation",
        "Argo CD by its own label",
        "Argo CD by the label it had up to version 2",
        "Flux's Kustomization",
        "Flux's HelmRelease",
        "Helm",
        "an inventory",
        "Fleet",
        "kapp",
        "an ApplySet",
    ],
)
def test_tool_is_known_by_its_mark(metadata: dict[str, Any], name: str) -> None:
    keeper = read_keeper(metadata)
    assert keeper is not None
    assert keeper.kind is KeeperKind.TOOL
    assert keeper.name.startswith(f"{name} (")
    [mark] = {*metadata.get("labels", {}), *metadata.get("annotations", {})} - {
        mark for mark in metadata.get("labels", {}) if mark.endswith("/namespace")
    }
    assert mark in keeper.name


def test_owner_comes_before_a_tool() -> None:
    metadata = {"ownerReferences": [OWNER], "labels": {"kapp.k14s.io/app": "1"}}
    assert read_keeper(metadata) == Keeper(KeeperKind.OWNER, "CronJob nightly")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"labels": None, "annotations": None, "ownerReferences": []},
        {"annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}},
        {"labels": {"app.kubernetes.io/name": "shop", "app.kubernetes.io/managed-by": "somebody"}},
        {"labels": {"app.kubernetes.io/instance": ""}},
    ],
    ids=["nothing", "nothing, said so", "applied by hand", "other labels", "an empty mark"],
)
def test_request_of_a_user_is_kept_by_nobody(metadata: dict[str, Any]) -> None:
    assert read_keeper(metadata) is None
