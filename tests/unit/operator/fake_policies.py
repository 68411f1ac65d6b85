"""NetworkPolicies in memory, behind the port of the real ones."""

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kubeshot_operator.decide.network_policy import Surroundings
from kubeshot_operator.runtime.policy_keeper import PolicyKeeper

Raw = dict[str, Any]


def nothing_happens(_: str) -> None:
    """Let every call go through."""


@dataclass
class FakePolicies:
    """`interfere` is called with each call's name, before its effect."""

    interfere: Callable[[str], None] = nothing_happens
    there: dict[tuple[str, str], Raw] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _version: int = 0

    async def apply(self, policy: Raw) -> Raw:
        """Apply a policy: its generation counts the changes of its spec."""
        await self._call("apply")
        name = _name(policy)
        known = self.there.get(name)
        if known is None or known["spec"] != policy["spec"]:
            self._version += 1
            generation = 1 if known is None else known["metadata"]["generation"] + 1
            uid = f"policy-{self._version}" if known is None else known["metadata"]["uid"]
            versions = {"uid": uid, "generation": generation, "resourceVersion": str(self._version)}
            self.there[name] = {**copy.deepcopy(policy), "metadata": {**policy["metadata"], **versions}}
        return copy.deepcopy(self.there[name])

    async def list(self) -> list[Raw]:
        """Return all that are there."""
        await self._call("list")
        return copy.deepcopy([*self.there.values()])

    async def delete(self, policy: Raw) -> None:
        """Delete a policy, if it is as it was listed."""
        await self._call("delete")
        known = self.there.get(_name(policy))
        if known is not None and known["metadata"]["resourceVersion"] == policy["metadata"]["resourceVersion"]:
            del self.there[_name(policy)]

    def change(self, name: tuple[str, str], **spec: Any) -> None:
        """Change a policy, as somebody else does."""
        metadata = self.there[name]["metadata"]
        self._version += 1
        metadata.update(generation=metadata["generation"] + 1, resourceVersion=str(self._version))
        self.there[name]["spec"].update(spec)

    async def _call(self, name: str) -> None:
        await asyncio.sleep(0)
        self.interfere(name)
        self.calls.append(name)


def _name(policy: Raw) -> tuple[str, str]:
    return policy["metadata"]["namespace"], policy["metadata"]["name"]


def make_policy_keeper(policies: FakePolicies | None = None) -> PolicyKeeper:
    """Return a keeper of such policies, to which no name leads anywhere."""

    async def resolve(host: str) -> list[str]:
        raise OSError(f"{host} is not known")

    surroundings = Surroundings("kubeshot-system", 8444)
    return PolicyKeeper(policies or FakePolicies(), resolve, surroundings, lambda: asyncio.get_running_loop().time())
