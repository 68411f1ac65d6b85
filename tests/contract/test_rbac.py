"""The operator may do what its code asks for, and nothing more."""

from typing import Any

from contract.schemas import REPOSITORY, documents
from kubeshot_operator.api import crd

BASE = REPOSITORY / "manifests" / "base"
INSTALLER = REPOSITORY / "manifests" / "components" / "install-class"

Permissions = set[tuple[str, str, str]]


def permissions(role: dict[str, Any]) -> Permissions:
    """Return a role's rules as (group, resource, verb)."""
    return {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def role(kind: str, name: str) -> dict[str, Any]:
    """Return a role of the manifests."""
    files = [BASE / "rbac.yaml", BASE / "rbac-users.yaml", INSTALLER / "rbac.yaml"]
    [found] = [
        document
        for file in files
        for document in documents(file)
        if (document["kind"], document["metadata"]["name"]) == (kind, name)
    ]
    return found


def of(group: str, resource: str, *verbs: str) -> Permissions:
    return {(group, resource, verb) for verb in verbs}


def test_the_operator_has_exactly_these_permissions_everywhere() -> None:
    assert permissions(role("ClusterRole", "kubeshot-operator")) == {
        *of("kubeshot.dev", "screenshotrequests", "get", "list", "watch", "patch", "delete"),
        *of("kubeshot.dev", "screenshotrequests/status", "patch"),
        *of("kubeshot.dev", "captureclasses", "get", "list", "watch"),
        *of("", "namespaces", "get", "list", "watch"),
        *of("", "pods", "get", "list", "watch", "create", "delete"),
        *of("", "events", "create", "patch"),
        *of("networking.k8s.io", "networkpolicies", "list", "create", "patch", "delete"),
    }


def test_the_operator_reads_secrets_and_has_a_lease_in_its_own_namespace_only() -> None:
    found = role("Role", "kubeshot-operator")
    leases = of("coordination.k8s.io", "leases", "get", "update", "create")
    assert permissions(found) == of("", "secrets", "get") | leases
    assert found["metadata"]["namespace"] == "kubeshot-system"
    assert [rule.get("resourceNames") for rule in found["rules"]] == [None, [crd.LEASE_NAME], None]


def test_the_installer_may_look_for_a_class_and_put_it_there_and_no_more() -> None:
    found = role("ClusterRole", "kubeshot-class-installer")
    assert permissions(found) == of("kubeshot.dev", "captureclasses", "get", "create", "patch")


def test_who_may_edit_a_namespace_may_make_requests_but_not_write_their_status() -> None:
    edit, view = role("ClusterRole", "kubeshot-edit"), role("ClusterRole", "kubeshot-view")
    verbs = ("create", "update", "patch", "delete", "deletecollection")
    assert permissions(edit) == of("kubeshot.dev", "screenshotrequests", *verbs)
    assert permissions(view) == of("kubeshot.dev", "screenshotrequests", "get", "list", "watch")
    joins = "rbac.authorization.k8s.io/aggregate-to-{}"
    assert {label for label in edit["metadata"]["labels"] if label.startswith("rbac")} == {
        joins.format("edit"),
        joins.format("admin"),
    }
    assert {label for label in view["metadata"]["labels"] if label.startswith("rbac")} == {
        joins.format("view"),
        joins.format("edit"),
        joins.format("admin"),
    }
