"""The pods of the cache, and the ways to find one: by name, by owner, by the token it was given."""

import hmac
from collections import Counter
from dataclasses import replace

from kubeshot_contract.dispatch import digest_of
from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.decide.tally import Tally

PodKey = tuple[str, str]
OurPod = CapturePod | WarmPod
Owner = Key | Pool


class PodIndex:
    """Pods by name. Which version of a pod is the newer one is the cache's business."""

    def __init__(self, captures: Tally) -> None:
        """Count the pods of single attempts that have not ended."""
        self.live_in: Counter[str] = Counter()
        """How many pods have not ended, by namespace."""
        self._captures = captures
        self._pods: dict[PodKey, OurPod] = {}
        self._of_owner: dict[Owner, set[PodKey]] = {}
        self._by_digest: dict[str, PodKey] = {}
        self._live: set[PodKey] = set()

    @property
    def live(self) -> int:
        """How many pods have not ended."""
        return len(self._live)

    @property
    def owners(self) -> set[Owner]:
        """The requests and pools that have pods, also requests that are gone."""
        return set(self._of_owner)

    def all(self) -> list[tuple[PodKey, OurPod]]:
        """Return every pod with its name."""
        return list(self._pods.items())

    def namespaces_by_age(self) -> list[str]:
        """Return the namespace of each pod that has not ended, the oldest pod's first."""
        live = [self._pods[name] for name in self._live]
        return [pod.namespace for pod in sorted(live, key=lambda pod: (pod.created, int(pod.resource_version)))]

    def get(self, name: PodKey) -> OurPod | None:
        """Return the pod of this name."""
        return self._pods.get(name)

    def put(self, pod: OurPod) -> None:
        """Remember a pod in the place of the one of its name."""
        name = (pod.namespace, pod.name)
        known = self._pods.get(name)
        self.forget(name)
        self._pods[name] = pod
        if isinstance(known, WarmPod) and known.uid == pod.uid and known.leaving:
            self.mark_leaving(name)
        self._of_owner.setdefault(pod.owner, set()).add(name)
        # Whoever copies the digest of another pod's token does not get into its way.
        self._by_digest.setdefault(pod.token_digest, name)
        if not pod.has_ended:
            self._live.add(name)
            self.live_in[pod.namespace] += 1
            if isinstance(pod, CapturePod):
                self._captures.add(pod.share)

    def mark_deleting(self, name: PodKey) -> None:
        """Remember that a pod was asked to go."""
        if (pod := self._pods.get(name)) is not None:
            self._pods[name] = replace(pod, deleting=True)

    def mark_leaving(self, name: PodKey) -> None:
        """Remember that a warm pod takes nothing more, which no version of it tells."""
        if isinstance(pod := self._pods.get(name), WarmPod):
            self._pods[name] = replace(pod, leaving=True)

    def forget(self, name: PodKey) -> None:
        """Forget a pod, if there is one."""
        pod = self._pods.pop(name, None)
        if pod is None:
            return
        if name in self._live:
            self._count_no_longer(pod)
        if self._by_digest.get(pod.token_digest) == name:
            del self._by_digest[pod.token_digest]
        siblings = self._of_owner[pod.owner]
        siblings.discard(name)
        if not siblings:
            del self._of_owner[pod.owner]

    def _count_no_longer(self, pod: OurPod) -> None:
        self._live.discard((pod.namespace, pod.name))
        self.live_in[pod.namespace] -= 1
        if not self.live_in[pod.namespace]:
            del self.live_in[pod.namespace]
        if isinstance(pod, CapturePod):
            self._captures.remove(pod.share)

    def of_request(self, key: Key) -> tuple[CapturePod, ...]:
        """Return the pods of the requests of this name, also of one that is gone."""
        found = (self._pods[name] for name in sorted(self._of_owner.get(key, ())))
        return tuple(pod for pod in found if isinstance(pod, CapturePod))

    def of_pool(self, pool: Pool) -> tuple[WarmPod, ...]:
        """Return the warm pods of a pool."""
        found = (self._pods[name] for name in sorted(self._of_owner.get(pool, ())))
        return tuple(pod for pod in found if isinstance(pod, WarmPod))

    def pools_of(self, class_name: str) -> list[Pool]:
        """Return the pools of a class that have pods."""
        return [owner for owner in self._of_owner if isinstance(owner, Pool) and owner.class_name == class_name]

    def holder_of(self, token: str) -> OurPod | None:
        """Return the pod that was given this token and has not ended; no other can have it."""
        digest = digest_of(token)
        name = self._by_digest.get(digest)
        pod = None if name is None else self._pods[name]
        if pod is None or pod.has_ended or not hmac.compare_digest(pod.token_digest, digest):
            return None
        return pod
