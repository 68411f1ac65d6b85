"""Has a NetworkPolicy stand in a namespace before a capture pod of a class is there, and takes it away afterwards."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from kubeshot_contract.addresses import Address
from kubeshot_operator.adapters.errors import GoneError, RefusedError, UnavailableError
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.model import Pool
from kubeshot_operator.decide.network_policy import Surroundings, build_network_policy, hosts_to_resolve
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.ports import Policies

Raw = dict[str, Any]
Resolve = Callable[[str], Awaitable[Collection[str]]]
"""Takes a name, returns its addresses; raises `OSError` when there are none to be had."""

# Addresses of a bucket or a host that a class names change rarely; a policy is looked at as often as everything else.
_ADDRESSES_SECONDS = 60.0
_RESOLVE_SECONDS = 3.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A policy as it was applied, `generation` as the API server counts; its addresses are known since `resolved`."""

    policy: Raw
    generation: int
    owner: tuple[str, int]
    resolved: float


class PolicyKeeper:
    """Keeps the policies of all classes that do not say otherwise."""

    def __init__(
        self, policies: Policies, resolve: Resolve, surroundings: Surroundings, clock: Callable[[], float]
    ) -> None:
        self._policies = policies
        self._resolve = resolve
        self._surroundings = surroundings
        self._clock = clock
        self._standing: dict[Pool, _Standing] = {}
        self._addresses: dict[str, frozenset[Address]] = {}
        # What is applied for a pod that is about to be created must not be what is just being deleted.
        self._writing = asyncio.Lock()

    async def ensure(self, namespace: str, capture_class: CaptureClass) -> None:
        """Have the policy of a class stand in a namespace.

        Raises `UnavailableError`, `RefusedError` or `GoneError` when that is not possible: no pod may be there then.
        """
        if capture_class.network_policy is crd.PolicyMode.UNMANAGED:
            return
        pool, owner = Pool(namespace, capture_class.name), (capture_class.uid, capture_class.generation)
        known, now = self._standing.get(pool), self._clock()
        if known is not None and known.owner == owner and now - known.resolved < _ADDRESSES_SECONDS:
            return
        addresses = await self._addresses_of(hosts_to_resolve(capture_class))
        policy = build_network_policy(namespace, capture_class, self._surroundings, addresses)
        async with self._writing:
            known = self._standing.get(pool)
            generation = known.generation if known is not None and known.policy == policy else await self._apply(policy)
            self._standing[pool] = _Standing(policy, generation, owner, now)

    async def sweep(self, needed: Callable[[], Mapping[Pool, CaptureClass]]) -> None:
        """Put right what others changed, and delete what nobody needs any more.

        `needed` returns what has pods, or will have, at that moment. Raises `UnavailableError`.
        """
        listed = {pool: item for item in await self._policies.list() if (pool := _pool_of(item)) is not None}
        managed = {pool: it for pool, it in needed().items() if it.network_policy is crd.PolicyMode.MANAGED}
        for pool, standing in tuple(self._standing.items()):
            is_as_applied = pool in listed and listed[pool]["metadata"]["generation"] == standing.generation
            if pool not in managed or not is_as_applied:
                del self._standing[pool]
        for pool in listed.keys() - managed.keys():
            async with self._writing:
                # Somebody may need it since.
                if pool not in self._standing:
                    await self._policies.delete(listed[pool])
        for pool, capture_class in managed.items():
            try:
                await self.ensure(pool.namespace, capture_class)
            except (RefusedError, GoneError) as error:
                # Whoever waits for a pod there is told by its request.
                logger.warning("a NetworkPolicy cannot be applied", extra={"pool": str(pool), "error": str(error)})

    async def run(
        self, every: timedelta, needed: Callable[[], Mapping[Pool, CaptureClass]], leads: Callable[[], bool]
    ) -> None:
        """Sweep until cancelled, while this replica leads."""
        while True:
            await asyncio.sleep(every.total_seconds())
            if leads():
                try:
                    await self.sweep(needed)
                except UnavailableError as error:
                    logger.warning("the NetworkPolicies cannot be looked at", extra={"error": str(error)})

    async def _apply(self, policy: Raw) -> int:
        applied = await self._policies.apply(policy)
        return int(applied["metadata"]["generation"])

    async def _addresses_of(self, hosts: tuple[str, ...]) -> frozenset[Address]:
        found = await asyncio.gather(*map(self._addresses_of_one, hosts))
        return frozenset().union(*found)

    async def _addresses_of_one(self, host: str) -> frozenset[Address]:
        """Return the addresses of a host, those it had last where it can't be resolved now."""
        try:
            async with asyncio.timeout(_RESOLVE_SECONDS):
                self._addresses[host] = frozenset(map(ip_address, await self._resolve(host)))
        except (OSError, TimeoutError, ValueError) as error:
            logger.info("a host of a class has no address", extra={"host": host, "error": str(error)})
        return self._addresses.get(host, frozenset())


def pools_in_use(cache: Cache) -> dict[Pool, CaptureClass]:
    """Return where capture pods are or will be: of requests that are under way, and warm ones that are there."""
    of_requests = (
        Pool(key.namespace, found.name)
        for key, request in cache.requests.items()
        if isinstance(found := cache.class_for(request), CaptureClass)
    )
    of_pods = (
        pod.owner if isinstance(pod, WarmPod) else Pool(pod.namespace, pod.share.class_name)
        for _, pod in cache.pods.all()
    )
    classes = cache.classes.usable
    return {pool: classes[pool.class_name] for pool in {*of_requests, *of_pods} if pool.class_name in classes}


def _pool_of(policy: Raw) -> Pool | None:
    metadata = policy["metadata"]
    name = (metadata.get("annotations") or {}).get(crd.CLASS_ANNOTATION)
    return None if name is None else Pool(metadata["namespace"], name)
