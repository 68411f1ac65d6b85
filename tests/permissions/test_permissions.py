"""What the operator may do is what it did, by the API server's audit log of all that ran on this cluster before.

It is for the end of `make test`: what end-to-end tests and faults have not made it do would seem superfluous here.
"""

import os
from pathlib import Path

import pytest

from contract.test_rbac import Permissions, permissions, role
from kubeshot_cluster.places import places_from
from permissions.audit import Call, calls_in

REPOSITORY = Path(__file__).resolve().parents[2]
OPERATOR_NAMESPACE = "kubeshot-system"
# Enough to have seen a restart and some captures; far less than any of the suites makes.
FEWEST_CALLS = 2000


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    """All calls of the operator since the cluster was made."""
    log = places_from(os.environ, REPOSITORY).logs / "kube-apiserver.log"
    if not log.exists():
        pytest.skip("only the native cluster's API server writes an audit log where it can be read")
    found = list(calls_in(log))
    if len(found) < FEWEST_CALLS:
        pytest.skip(f"the operator made {len(found)} calls on this cluster: run make e2e chaos-quick first")
    return found


@pytest.fixture(scope="module")
def granted() -> tuple[Permissions, Permissions]:
    """What is granted everywhere, and what in the operator's own namespace besides."""
    return permissions(role("ClusterRole", "kubeshot-operator")), permissions(role("Role", "kubeshot-operator"))


def test_nothing_that_it_did_was_forbidden(calls: list[Call]) -> None:
    assert {call.permission for call in calls if not call.allowed} == set()


def test_everything_that_is_granted_was_used(calls: list[Call], granted: tuple[Permissions, Permissions]) -> None:
    everywhere, at_home = granted
    used = {call.permission for call in calls}
    used_at_home = {call.permission for call in calls if call.namespace == OPERATOR_NAMESPACE}
    assert everywhere - used == set()
    assert at_home - used_at_home == set()


def test_secrets_are_read_at_home_only(calls: list[Call]) -> None:
    assert {call.namespace for call in calls if call.resource == "secrets"} == {OPERATOR_NAMESPACE}
