"""A url alone gives a good picture: every option has a default, and it is in the CRD."""

import pytest

from contract.schemas import Place, places

DEFAULTS: dict[str, dict[str, object]] = {
    "screenshotrequests": {
        "spec.viewport.width": 1280,
        "spec.viewport.height": 800,
        "spec.viewport.scale": 1,
        "spec.wait.until": "Settled",
        "spec.wait.delay": "0s",
        "spec.wait.timeout": "20s",
        "spec.wait.onTimeout": "Capture",
        "spec.failOn.httpStatus": True,
        "spec.outputs[].area": "Viewport",
        "spec.outputs[].format": "PNG",
        "spec.suspend": False,
        "spec.deadline": "5m",
        "spec.retry.limit": 2,
    },
    "captureclasses": {
        "spec.pod.resources.requests.cpu": "250m",
        "spec.pod.resources.requests.memory": "384Mi",
        "spec.pod.resources.limits.memory": "768Mi",
        "spec.pod.maxMemory": "2Gi",
        "spec.pod.sandbox": "Required",
        "spec.storage.region": "us-east-1",
        "spec.storage.keyTemplate": "{namespace}/{prefix}{name}/{uid}/{run}/{output}.{extension}",
        "spec.limits.attemptTimeout": "60s",
    },
}

# Optional fields where being absent has a meaning of its own.
ABSENT_MEANS = {
    "screenshotrequests": {
        "spec.url": "the page is given as html",
        "spec.html": "the page is given by its url",
        "spec.captureClassName": "the default class",
        "spec.outputs[].quality": "85 for a JPEG; a PNG has none",
        "spec.storage.keyPrefix": "no prefix",
    },
    "captureclasses": {
        "spec.pod.resources.requests.ephemeral-storage": "no request",
        "spec.pod.resources.limits.cpu": "no limit: throttled pages look unfinished",
        "spec.pod.resources.limits.ephemeral-storage": "no limit",
        "spec.pod.runtimeClassName": "the cluster's own",
        "spec.pod.nodeSelector{}": "any node",
        "spec.pod.tolerations[].key": "every key",
        "spec.pod.tolerations[].operator": "Equal",
        "spec.pod.tolerations[].value": "none",
        "spec.pod.tolerations[].effect": "every effect",
        "spec.pod.tolerations[].tolerationSeconds": "for ever",
        "spec.pod.priorityClassName": "the cluster's own",
        "spec.pod.labels{}": "only ours",
        "spec.pod.annotations{}": "none",
        "spec.storage.publicEndpoint": "status.outputs[].url is absent",
        "spec.storage.caBundle": "the authorities of the image",
        "spec.storage.encryption.kmsKeyID": "the type is S3",
    },
}


def settings(plural: str) -> dict[str, Place]:
    """Return the fields of the spec that hold one value."""
    return {
        place.path: place
        for place in places(plural)
        if place.path.startswith("spec.") and not place.schema.keys() & {"properties", "items", "additionalProperties"}
    }


def required(plural: str) -> set[str]:
    """Return the paths of fields that must be given."""
    return {f"{place.path}.{name}" for place in places(plural) for name in place.schema.get("required", ())} | {
        "spec.pod.affinity"
    }


@pytest.mark.parametrize("plural", DEFAULTS)
def test_defaults_are_as_documented(plural: str) -> None:
    found = {path: place.schema["default"] for path, place in settings(plural).items() if "default" in place.schema}
    assert found == DEFAULTS[plural]


@pytest.mark.parametrize("plural", DEFAULTS)
def test_an_option_without_a_default_says_what_its_absence_means(plural: str) -> None:
    without = {path for path, place in settings(plural).items() if "default" not in place.schema} - required(plural)
    assert without == set(ABSENT_MEANS[plural])


@pytest.mark.parametrize("path", ["spec.viewport", "spec.wait", "spec.failOn", "spec.retry"])
def test_a_group_of_defaults_is_there_even_when_the_group_is_not(path: str) -> None:
    [group] = [place for place in places("screenshotrequests") if place.path == path]
    assert "default" in group.schema


def test_a_request_that_nobody_looked_at_does_not_look_finished() -> None:
    [status] = [place for place in places("screenshotrequests") if place.path == "status"]
    assert status.schema["default"] == {"observedGeneration": -1}
