"""A url alone gives a good picture: every option has a default, and it is in the CRD."""

from dataclasses import asdict
from typing import Any

import pytest
import yaml

from contract.schemas import REPOSITORY, Place, at, places
from kubeshot_contract.output import DEFAULT_PDF
from kubeshot_contract.spec import DEFAULT_VIEWPORT
from unit.contract.make import make_spec

DEFAULTS: dict[str, dict[str, object]] = {
    "screenshotrequests": {
        "spec.viewport.width": 1280,
        "spec.viewport.height": 800,
        "spec.viewport.scale": 1,
        "spec.emulate.geolocation.accuracy": 10,
        "spec.emulate.javaScript": True,
        "spec.request.cookies[].path": "/",
        "spec.request.ignoreHTTPSErrors": False,
        "spec.prepare.consent": "Decline",
        "spec.prepare.dialogs": "Dismiss",
        "spec.prepare.block.ads": False,
        "spec.prepare.block.media": False,
        "spec.wait.until": "Settled",
        "spec.wait.delay": "0s",
        "spec.wait.timeout": "20s",
        "spec.wait.onTimeout": "Capture",
        "spec.failOn.httpStatus": True,
        "spec.failOn.blank": True,
        "spec.failOn.challenge": True,
        "spec.failOn.consoleError": False,
        "spec.outputs[].area": "Viewport",
        "spec.outputs[].clip.x": 0,
        "spec.outputs[].clip.y": 0,
        "spec.outputs[].format": "PNG",
        "spec.outputs[].omitBackground": False,
        "spec.outputs[].resize.fit": "Cover",
        "spec.outputs[].pdf.paper": "A4",
        "spec.outputs[].pdf.landscape": False,
        "spec.outputs[].pdf.printBackground": True,
        "spec.outputs[].pdf.scale": 1,
        "spec.outputs[].pdf.margin": "10mm",
        "spec.priority": 0,
        "spec.suspend": False,
        "spec.deadline": "5m",
        "spec.retry.limit": 2,
        "spec.retention": "Retain",
    },
    "captureclasses": {
        "spec.pod.resources.requests.cpu": "250m",
        "spec.pod.resources.requests.memory": "384Mi",
        "spec.pod.resources.requests.ephemeral-storage": "256Mi",
        "spec.pod.resources.limits.memory": "768Mi",
        "spec.pod.resources.limits.ephemeral-storage": "1Gi",
        "spec.pod.maxMemory": "2Gi",
        "spec.pod.sandbox": "Required",
        "spec.pod.seccompProfile": "kubeshot/chromium.json",
        "spec.storage.region": "us-east-1",
        "spec.storage.keyTemplate": "{namespace}/{prefix}{name}/{uid}/{run}/{output}.{extension}",
        "spec.egress.networkPolicy": "Managed",
        "spec.egress.maxBytes": "1Gi",
        "spec.limits.concurrent": 20,
        "spec.limits.perNamespace": 10,
        "spec.limits.perHost": 4,
        "spec.limits.attemptTimeout": "60s",
        "spec.reuse.mode": "Never",
        "spec.reuse.maxCaptures": 50,
        "spec.reuse.maxAge": "10m",
        "spec.reuse.idleTimeout": "30s",
        "spec.reuse.memoryPercent": 80,
        "spec.reuse.pages": 2,
        "spec.reuse.maxPods": 8,
    },
}

# Optional fields where being absent has a meaning of its own; the field reference tells it.
ABSENT_MEANS: dict[str, dict[str, str]] = yaml.safe_load((REPOSITORY / "docs" / "absent.yaml").read_text())


def options(plural: str) -> dict[str, Place]:
    """Return the fields below spec; an item of a list or map is no field of its own."""
    below = {place.path: place for place in places(plural) if place.path.startswith("spec.")}
    return {path: place for path, place in below.items() if not path.endswith(("[]", "{}"))}


def required(plural: str) -> set[str]:
    """Return the paths of fields that must be given."""
    return {f"{place.path}.{name}" for place in places(plural) for name in place.schema.get("required", ())}


def group(path: str) -> dict[str, Any]:
    """Return the defaults of an object's fields."""
    fields: dict[str, dict[str, Any]] = at("screenshotrequests", path)["properties"]
    return {name: field["default"] for name, field in fields.items() if "default" in field}


@pytest.mark.parametrize("plural", DEFAULTS)
def test_defaults_are_as_documented(plural: str) -> None:
    found = {
        path: place.schema["default"]
        for path, place in options(plural).items()
        if "default" in place.schema and not place.schema.keys() & {"properties", "items"}
    }
    assert found == DEFAULTS[plural]


@pytest.mark.parametrize("plural", DEFAULTS)
def test_an_option_without_a_default_says_what_its_absence_means(plural: str) -> None:
    without = {path for path, place in options(plural).items() if "default" not in place.schema} - required(plural)
    assert without == set(ABSENT_MEANS[plural])


@pytest.mark.parametrize(
    "path", ["emulate", "request", "prepare", "prepare.block", "wait", "failOn", "outputs", "retry"]
)
def test_a_group_of_defaults_is_there_even_when_the_group_is_not(path: str) -> None:
    assert "default" in at("screenshotrequests", f"spec.{path}")


def test_the_output_that_nobody_asked_for_has_the_defaults_of_one_that_was() -> None:
    assert at("screenshotrequests", "spec.outputs")["default"] == [{"name": "screenshot", **group("spec.outputs[]")}]


def test_a_window_that_nobody_asked_for_is_the_one_that_an_empty_viewport_asks_for() -> None:
    assert group("spec.viewport") == asdict(DEFAULT_VIEWPORT)


def test_a_pdf_without_options_is_the_one_that_empty_options_ask_for() -> None:
    [without, with_none] = make_spec(
        outputs=[{"name": "a", "format": "PDF"}, {"name": "b", "format": "PDF", "pdf": {}}]
    ).outputs
    assert without.pdf == DEFAULT_PDF
    assert with_none.pdf == DEFAULT_PDF


def test_a_request_that_nobody_looked_at_does_not_look_finished() -> None:
    assert at("screenshotrequests", "status")["default"] == {"observedGeneration": -1}
