"""The manifests are complete, and the API server takes every object of them without a warning."""

import pytest
import yaml

from e2e.kubectl import Kubectl

OVERLAYS = ["manifests/base", "manifests/overlays/demo", "manifests/overlays/existing-s3"]


@pytest.mark.parametrize("folder", ["crds", *OVERLAYS])
def test_renders_with_kustomize(kubectl: Kubectl, folder: str) -> None:
    objects = [body for body in yaml.safe_load_all(kubectl.run("kustomize", folder)) if body]
    kinds = [body["kind"] for body in objects]
    assert kinds.count("CustomResourceDefinition") == 2
    assert "CaptureClass" not in kinds


@pytest.mark.parametrize("folder", OVERLAYS)
def test_objects_stay_below_the_size_that_an_apply_remembers(kubectl: Kubectl, folder: str) -> None:
    # kubectl apply keeps the whole object in an annotation, and all annotations together may have 256 KiB.
    sizes = {
        body["metadata"]["name"]: len(yaml.safe_dump(body))
        for body in yaml.safe_load_all(kubectl.run("kustomize", folder))
    }
    assert max(sizes.values()) < 200_000


def test_the_definitions_are_taken_without_a_warning(kubectl: Kubectl) -> None:
    answer = kubectl.ask("apply", "-k", "crds", "--dry-run=server")
    assert answer.warnings == ""
    assert answer.output.count("customresourcedefinition") == 2


@pytest.mark.parametrize("folder", OVERLAYS)
def test_objects_are_well_formed(kubectl: Kubectl, folder: str) -> None:
    answer = kubectl.ask("apply", "-k", folder, "--dry-run=client", "--validate=strict")
    assert answer.warnings == ""
    assert "deployment.apps/kubeshot-operator" in answer.output
