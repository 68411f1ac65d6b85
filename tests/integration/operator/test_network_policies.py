"""NetworkPolicies: what holds for the fake and for a real API server."""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, TypeVar

import pytest

from e2e.kubectl import Kubectl, from_environment
from integration.operator.test_kubernetes import connection_of
from kubeshot_operator.adapters.connection import open_session
from kubeshot_operator.adapters.errors import GoneError
from kubeshot_operator.adapters.network_policies import NetworkPolicies
from kubeshot_operator.decide.network_policy import Surroundings, build_network_policy
from kubeshot_operator.runtime.ports import Policies
from unit.operator.builders import make_class
from unit.operator.fake_policies import FakePolicies

Result = TypeVar("Result")
Raw = dict[str, Any]


@dataclass
class FakeGround:
    """A namespace in memory."""

    namespace: str = "team"
    policies: FakePolicies = field(default_factory=FakePolicies)

    def run(self, call: Callable[[Policies], Awaitable[Result]]) -> Result:
        """Make a call."""

        async def main() -> Result:
            return await call(self.policies)

        return asyncio.run(main())


@dataclass
class RealGround:
    """A namespace of a real cluster."""

    kubectl: Kubectl
    namespace: str

    def run(self, call: Callable[[Policies], Awaitable[Result]]) -> Result:
        """Make a call."""

        async def main() -> Result:
            connection = connection_of(self.kubectl.kubeconfig)
            async with open_session(connection, "integration-tests", lambda _: None) as session:
                return await call(NetworkPolicies(session, connection.server))

        return asyncio.run(main())


Ground = FakeGround | RealGround


@pytest.fixture
def real() -> Iterator[RealGround]:
    kubectl = from_environment(os.environ)
    namespace = f"it-{secrets.token_hex(4)}"
    kubectl.run("create", "namespace", namespace)
    yield RealGround(kubectl, namespace)
    kubectl.run("delete", "namespace", namespace, "--wait=false")


@pytest.fixture(params=["fake", "real"])
def ground(request: pytest.FixtureRequest) -> Ground:
    """Return each of the two."""
    found: Ground = FakeGround() if request.param == "fake" else request.getfixturevalue("real")
    return found


def policy_of(ground: Ground, *addresses: str) -> Raw:
    """Return the policy of a class, without what has the cluster's own operator or garbage collector look at it."""
    surroundings = Surroundings("kubeshot-system", 8444)
    built = build_network_policy(ground.namespace, make_class(), surroundings, map(ip_address, addresses))
    del built["metadata"]["ownerReferences"], built["metadata"]["annotations"]
    return built


def listed(ground: Ground) -> list[Raw]:
    found = ground.run(lambda policies: policies.list())
    return [policy for policy in found if policy["metadata"]["namespace"] == ground.namespace]


def test_a_policy_is_there_as_it_was_applied(ground: Ground) -> None:
    policy = policy_of(ground, "10.96.0.7", "fd12::7")
    applied = ground.run(lambda policies: policies.apply(policy))
    [found] = listed(ground)
    assert found["metadata"]["name"] == "kubeshot-default"
    assert found["spec"]["egress"] == policy["spec"]["egress"]
    assert found["spec"]["podSelector"] == policy["spec"]["podSelector"]
    assert set(found["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    assert not found["spec"].get("ingress"), "nothing comes in"
    assert applied["metadata"]["generation"] == found["metadata"]["generation"] == 1


def test_applied_again_it_is_the_same_and_a_change_counts(ground: Ground) -> None:
    async def calls(policies: Policies) -> list[Raw]:
        return [await policies.apply(policy_of(ground, it)) for it in ("10.96.0.7", "10.96.0.7", "10.96.0.8")]

    assert [it["metadata"]["generation"] for it in ground.run(calls)] == [1, 1, 2]
    [found] = listed(ground)
    assert found["spec"]["egress"] == policy_of(ground, "10.96.0.8")["spec"]["egress"], "the old address is gone"


def test_it_is_deleted_as_it_was_listed(ground: Ground) -> None:
    ground.run(lambda policies: policies.apply(policy_of(ground)))
    [found] = listed(ground)
    for _ in range(2):
        ground.run(lambda policies: policies.delete(found))
        assert listed(ground) == []


def test_one_that_has_changed_since_stays(ground: Ground) -> None:
    ground.run(lambda policies: policies.apply(policy_of(ground)))
    [found] = listed(ground)
    ground.run(lambda policies: policies.apply(policy_of(ground, "10.96.0.9")))
    ground.run(lambda policies: policies.delete(deepcopy(found)))
    assert len(listed(ground)) == 1


def test_a_namespace_that_is_not_there_is_gone(real: RealGround) -> None:
    policy = policy_of(real)
    policy["metadata"]["namespace"] = "not-there"
    with pytest.raises(GoneError, match="not-there"):
        real.run(lambda policies: policies.apply(policy))


def test_what_another_manager_wrote_is_overwritten(real: RealGround) -> None:
    policy = policy_of(real)
    real.run(lambda policies: policies.apply(policy))
    patch = '{"spec":{"egress":[{}]}}'
    real.kubectl.run("patch", "networkpolicy", "kubeshot-default", "-n", real.namespace, "--type=merge", "-p", patch)
    real.run(lambda policies: policies.apply(policy))
    [found] = listed(real)
    assert found["spec"]["egress"] == policy["spec"]["egress"]
    assert found["metadata"]["generation"] == 3
