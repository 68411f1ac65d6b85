"""Nothing in a CRD is without bounds, and what the code may send fits them."""

import re

import pytest

from contract.schemas import CRDS, Place, at, places
from kubeshot_contract.dispatch import MAX_PAGES
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import MAX_MESSAGE, MAX_OUTPUTS, MAX_TITLE, MAX_URL, Stage
from kubeshot_operator.decide.attempts import MAX_INFRASTRUCTURE_ATTEMPTS, MAX_MEMORY_ATTEMPTS
from kubeshot_operator.decide.leftovers import MAX_RUNS

# A Kubernetes Affinity, checked by the API server when the pod is made.
UNREAD = {("captureclasses", "spec.pod.affinity")}


def unbounded_string(place: Place) -> bool:
    schema = place.schema
    is_text = schema.get("type") == "string" or schema.get("x-kubernetes-int-or-string", False)
    is_bounded = "maxLength" in schema or "enum" in schema or schema.get("format") == "date-time"
    return is_text and not is_bounded


def unbounded_collection(place: Place) -> bool:
    schema = place.schema
    if schema.get("type") == "array":
        return "maxItems" not in schema
    return "additionalProperties" in schema and "maxProperties" not in schema


# The API server checks these itself.
ROOT = {"apiVersion", "kind", "metadata"}


@pytest.mark.parametrize("plural", CRDS)
def test_every_string_has_a_maximum(plural: str) -> None:
    assert [place.path for place in places(plural) if place.path not in ROOT and unbounded_string(place)] == []


@pytest.mark.parametrize("plural", CRDS)
def test_every_list_and_map_has_a_maximum(plural: str) -> None:
    assert [place.path for place in places(plural) if unbounded_collection(place)] == []


@pytest.mark.parametrize("plural", CRDS)
def test_every_list_says_how_it_merges(plural: str) -> None:
    lists = [place for place in places(plural) if place.schema.get("type") == "array"]
    assert lists
    assert [place.path for place in lists if "x-kubernetes-list-type" not in place.schema] == []


def test_what_only_the_operator_writes_has_one_owner_as_a_whole() -> None:
    """Else the API server notes for each part of it who wrote that, in each object."""
    parts = {
        place.path.removeprefix("status.")
        for place in places("screenshotrequests")
        if re.fullmatch(r"status\.\w+", place.path)
        and place.schema.get("type") in ("object", "array")
        and "atomic" not in (place.schema.get("x-kubernetes-list-type"), place.schema.get("x-kubernetes-map-type"))
    }
    assert parts == {"conditions"}, "others may add conditions of their own"


@pytest.mark.parametrize("plural", CRDS)
def test_every_object_has_known_fields(plural: str) -> None:
    open_ended = {
        (plural, place.path)
        for place in places(plural)
        if place.schema.get("type") == "object"
        and not place.schema.keys() & {"properties", "additionalProperties"}
        and place.path not in ROOT
    }
    assert open_ended == {entry for entry in UNREAD if entry[0] == plural}


@pytest.mark.parametrize("plural", CRDS)
def test_every_rule_says_what_to_do(plural: str) -> None:
    rules = [
        (place.path, rule) for place in places(plural) for rule in place.schema.get("x-kubernetes-validations", ())
    ]
    assert rules
    assert [path for path, rule in rules if len(rule.get("message", "")) < 20] == []


@pytest.mark.parametrize(
    ("path", "longest"),
    [
        ("status.attempts[].reason", max(len(reason) for reason in Reason)),
        ("status.attempts[].message", MAX_MESSAGE),
        ("status.conditions[].reason", max(len(reason) for reason in Reason)),
        ("status.conditions[].message", MAX_MESSAGE),
        ("status.page.finalURL", MAX_URL),
        ("status.page.title", MAX_TITLE),
        ("status.verdict.stages[].name", max(len(stage) for stage in Stage)),
        ("status.outputs[].sha256", 64),
    ],
)
def test_what_the_code_may_write_fits(path: str, longest: int) -> None:
    assert at("screenshotrequests", path)["maxLength"] >= longest


def test_as_many_outputs_are_stored_as_can_be_asked_for() -> None:
    assert at("screenshotrequests", "spec.outputs")["maxItems"] == MAX_OUTPUTS
    assert at("screenshotrequests", "status.outputs")["maxItems"] == MAX_OUTPUTS


def test_there_is_room_for_every_attempt_that_a_run_may_have() -> None:
    retries = at("screenshotrequests", "spec.retry.limit")["maximum"]
    # The last one that any of the budgets allows ends the run.
    most = retries + 1 + (MAX_INFRASTRUCTURE_ATTEMPTS - 1) + (MAX_MEMORY_ATTEMPTS - 1)
    assert at("screenshotrequests", "status.attempts")["maxItems"] >= most


def test_there_is_room_for_the_keys_of_as_many_runs_as_are_remembered() -> None:
    assert at("screenshotrequests", "status.uploads")["maxItems"] == MAX_RUNS
    assert at("screenshotrequests", "status.uploads[].keys")["maxItems"] == MAX_OUTPUTS


def test_there_is_room_for_a_verdict_on_every_stage() -> None:
    assert at("screenshotrequests", "status.verdict.stages")["maxItems"] >= len(Stage)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_reason_is_a_condition_reason(reason: Reason) -> None:
    # The pattern of metav1.Condition.
    assert re.fullmatch(r"[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?", reason)


def test_a_warm_pod_can_claim_as_many_captures_as_a_class_lets_it_make() -> None:
    assert at("captureclasses", "spec.reuse.pages")["maximum"] == MAX_PAGES
