"""Which warm pods ask for work now, and how much each takes."""

from dataclasses import dataclass, replace

from kubeshot_operator.api.model import Pool


@dataclass(frozen=True, slots=True)
class Offer:
    """A warm pod asks for work now, and takes `free` captures."""

    pool: Pool
    free: int


class Offers:
    """The offers of all pods, by their UIDs."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}
        self._pods: dict[Pool, set[str]] = {}

    def put(self, pod_uid: str, offer: Offer) -> None:
        """Take in what a pod offers, in the place of what it offered before."""
        self.withdraw(pod_uid)
        self._offers[pod_uid] = offer
        self._pods.setdefault(offer.pool, set()).add(pod_uid)

    def withdraw(self, pod_uid: str) -> None:
        """Forget that a pod asked for work."""
        offer = self._offers.pop(pod_uid, None)
        if offer is None:
            return
        pods = self._pods[offer.pool]
        pods.discard(pod_uid)
        if not pods:
            del self._pods[offer.pool]

    @property
    def have_room(self) -> bool:
        """Whether any pod takes anything."""
        return any(offer.free > 0 for offer in self._offers.values())

    def has_room(self, pool: Pool) -> bool:
        """Say whether a pod of a pool takes anything."""
        return any(self._offers[uid].free > 0 for uid in self._pods.get(pool, ()))

    def roomiest(self, pool: Pool) -> str | None:
        """Return the pod of a pool that takes the most, so that the work is spread; `None` when none takes any."""
        pods = [uid for uid in self._pods.get(pool, ()) if self._offers[uid].free > 0]
        return max(pods, key=lambda uid: (self._offers[uid].free, uid), default=None)

    def take(self, pod_uid: str, count: int) -> None:
        """Take so much of what a pod offers; below zero it is given back."""
        if (offer := self._offers.get(pod_uid)) is not None:
            self._offers[pod_uid] = replace(offer, free=offer.free - count)
