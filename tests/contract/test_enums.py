"""Words in the CRDs are the words in the code."""

from enum import StrEnum

import pytest

from contract.schemas import CRDS, at, places
from kubeshot_contract.options import (
    Area,
    ColorScheme,
    Consent,
    Dialogs,
    Fit,
    Format,
    Media,
    OnTimeout,
    Paper,
    ReducedMotion,
    ResourceType,
    Sandbox,
    Until,
)
from kubeshot_contract.result import Outcome
from kubeshot_operator.api.crd import (
    ConditionStatus,
    Encryption,
    Phase,
    PolicyMode,
    Retention,
    ReuseMode,
    SelectorOperator,
)

OURS: list[tuple[str, str, type[StrEnum]]] = [
    ("screenshotrequests", "spec.emulate.colorScheme", ColorScheme),
    ("screenshotrequests", "spec.emulate.reducedMotion", ReducedMotion),
    ("screenshotrequests", "spec.emulate.media", Media),
    ("screenshotrequests", "spec.prepare.consent", Consent),
    ("screenshotrequests", "spec.prepare.dialogs", Dialogs),
    ("screenshotrequests", "spec.prepare.block.resourceTypes[]", ResourceType),
    ("screenshotrequests", "spec.wait.until", Until),
    ("screenshotrequests", "spec.wait.onTimeout", OnTimeout),
    ("screenshotrequests", "spec.outputs[].area", Area),
    ("screenshotrequests", "spec.outputs[].format", Format),
    ("screenshotrequests", "spec.outputs[].resize.fit", Fit),
    ("screenshotrequests", "spec.outputs[].pdf.paper", Paper),
    ("screenshotrequests", "spec.retention", Retention),
    ("screenshotrequests", "status.phase", Phase),
    ("screenshotrequests", "status.verdict.stages[].outcome", Outcome),
    ("screenshotrequests", "status.conditions[].status", ConditionStatus),
    ("captureclasses", "spec.pod.sandbox", Sandbox),
    ("captureclasses", "spec.storage.encryption.type", Encryption),
    ("captureclasses", "spec.egress.networkPolicy", PolicyMode),
    ("captureclasses", "spec.namespaces.matchExpressions[].operator", SelectorOperator),
    ("captureclasses", "spec.reuse.mode", ReuseMode),
]

# Words of Kubernetes itself, handed on to the pod unread.
KUBERNETES_OWN = {
    ("captureclasses", "spec.pod.tolerations[].operator"),
    ("captureclasses", "spec.pod.tolerations[].effect"),
}


@pytest.mark.parametrize(("plural", "path", "enum"), OURS, ids=[path for _, path, _ in OURS])
def test_the_words_of_a_field_are_those_of_its_enum(plural: str, path: str, enum: type[StrEnum]) -> None:
    assert at(plural, path)["enum"] == [member.value for member in enum]


def test_no_field_has_words_that_the_code_does_not_know() -> None:
    found = {(plural, place.path) for plural in CRDS for place in places(plural) if "enum" in place.schema}
    assert found == {(plural, path) for plural, path, _ in OURS} | KUBERNETES_OWN


def test_as_many_resource_types_can_be_blocked_as_there_are() -> None:
    assert at("screenshotrequests", "spec.prepare.block.resourceTypes")["maxItems"] == len(ResourceType)


@pytest.mark.parametrize("plural", CRDS)
def test_words_are_camel_case(plural: str) -> None:
    words = [word for place in places(plural) for word in place.schema.get("enum", ())]
    assert words
    assert [word for word in words if not word[0].isupper() or "_" in word or "-" in word] == []
