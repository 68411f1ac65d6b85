"""A warm pod: what the API server takes, what it is told, and that it can do no more than any capture."""

from datetime import timedelta
from typing import Any

from kubeshot_contract.dispatch import (
    DISPATCH_VARIABLE,
    TOKEN_VARIABLE,
    WARM_VARIABLE,
    WarmLimits,
    decode_limits,
    digest_of,
)
from kubeshot_contract.job import JOB_VARIABLE, STORAGE_CA_VARIABLE
from kubeshot_contract.options import Sandbox
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.model import Pool
from kubeshot_operator.decide.warm_pod import WarmPlan, build_warm_pod
from unit.operator.builders import make_class, make_request, make_warm_class
from unit.operator.test_pod import ACCESS, build, container, environment, is_known_to_the_client


def warm(capture_class: CaptureClass | None = None) -> dict[str, Any]:
    """Return the warm pod that the first run of a request calls for."""
    return build_warm_pod(WarmPlan(make_request(), capture_class or make_warm_class(), 1), ACCESS)


def test_pod_has_no_field_that_the_api_does_not_know() -> None:
    assert is_known_to_the_client(warm(make_class({"caBundle": "PEM"}, {"labels": {"team": "web"}})))


def test_pod_is_told_its_limits_its_token_and_where_to_ask() -> None:
    variables = environment(warm(make_warm_class(maxCaptures=7, maxAge="5m", idleTimeout="10s", pages=3)))
    assert decode_limits(variables[WARM_VARIABLE]) == WarmLimits(7, 300_000, 10_000, 80, 3, Sandbox.REQUIRED)
    assert (variables[TOKEN_VARIABLE], variables[DISPATCH_VARIABLE]) == (ACCESS.token, ACCESS.address)
    assert JOB_VARIABLE not in variables
    assert STORAGE_CA_VARIABLE not in variables


def test_certificates_of_the_class_are_told_once() -> None:
    assert environment(warm(make_class({"caBundle": "PEM"})))[STORAGE_CA_VARIABLE] == "PEM"


def test_only_the_digest_of_the_token_is_told_outside_of_the_container() -> None:
    for pod in (warm(), build()):
        assert pod["metadata"]["annotations"][crd.TOKEN_ANNOTATION] == digest_of(ACCESS.token)
        assert ACCESS.token not in str({**pod, "spec": None})
    assert "a token" not in repr(ACCESS)


def test_pod_is_confined_as_that_of_one_attempt() -> None:
    mine, other = warm(), build()
    for field in ("securityContext", "automountServiceAccountToken", "enableServiceLinks", "restartPolicy", "volumes"):
        assert mine["spec"][field] == other["spec"][field]
    assert {name: value for name, value in container(mine).items() if name != "env"} == {
        name: value for name, value in container(other).items() if name != "env"
    }


def test_kubelet_ends_a_pod_that_outlives_everything_it_may() -> None:
    longest = timedelta(minutes=10, seconds=30) + timedelta(seconds=60) + timedelta(minutes=3)
    assert warm()["spec"]["activeDeadlineSeconds"] == longest.total_seconds()


def test_class_owns_its_pods() -> None:
    metadata = warm()["metadata"]
    [owner] = metadata["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == (crd.CLASS_KIND, "default", "class-default")
    assert metadata["labels"][crd.CLASS_LABEL] == "default"
    assert crd.RUN_LABEL not in metadata["labels"]


def test_name_is_the_same_as_long_as_the_same_run_waits() -> None:
    plan = WarmPlan(make_request(), make_warm_class(), 1)
    assert plan.name == WarmPlan(make_request(generation=2), make_warm_class(), 1).name
    assert plan.name != WarmPlan(make_request(), make_warm_class(), 2).name
    changed = make_class(generation=2, reuse={"mode": "Warm"})
    assert plan.name != WarmPlan(make_request(), changed, 1).name, "the pod of the class before may still drain"
    assert plan.name != WarmPlan(make_request(uid="other"), make_warm_class(), 1).name
    long = WarmPlan(make_request(), make_class(name="c" * 253, reuse={"mode": "Warm"}), 1)
    assert len(long.name) <= 63
    assert plan.pool == Pool("team", "default")
