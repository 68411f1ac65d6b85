"""NetworkPolicies in the API server: applied, listed, and deleted as they were listed."""

import aiohttp

from kubeshot_operator.adapters.errors import ConflictError, GoneError
from kubeshot_operator.adapters.rest import Raw, Rest
from kubeshot_operator.api import crd

_MANAGER = "kubeshot-operator"


class NetworkPolicies:
    """The calls about NetworkPolicies of ours. All raise `UnavailableError` when the API server cannot be used."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        self._rest = Rest(session, server)

    async def apply(self, policy: Raw) -> Raw:
        """Apply a policy, and return it as it is now; raise `GoneError` or `RefusedError` when that is not possible."""
        return await self._rest.apply(_path(policy), policy, _MANAGER)

    async def list(self) -> list[Raw]:
        """Return all policies under our label."""
        path = f"/apis/{crd.POLICY_API_VERSION}/{crd.POLICIES}"
        policies, _ = await self._rest.list(path, labelSelector=f"{crd.MANAGED_BY_LABEL}={crd.MANAGED_BY}")
        return policies

    async def delete(self, policy: Raw) -> None:
        """Delete a policy as it was listed; one that is gone or has changed since is no error."""
        metadata = policy["metadata"]
        preconditions = {"uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"]}
        try:
            await self._rest.call("DELETE", _path(policy), {"preconditions": preconditions})
        except (GoneError, ConflictError):
            return


def _path(policy: Raw) -> str:
    metadata = policy["metadata"]
    return f"/apis/{crd.POLICY_API_VERSION}/namespaces/{metadata['namespace']}/{crd.POLICIES}/{metadata['name']}"
