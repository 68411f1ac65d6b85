"""Which limits are reached at a moment, by what runs and by what was granted and does not run yet."""

from dataclasses import dataclass
from typing import assert_never

from kubeshot_operator.api.crd import Wait
from kubeshot_operator.api.limits import Limits, Share
from kubeshot_operator.api.model import Pool
from kubeshot_operator.decide.grants import Grants
from kubeshot_operator.decide.lane import Lane, Waiter
from kubeshot_operator.decide.offers import Offers
from kubeshot_operator.decide.quotas import Quotas
from kubeshot_operator.decide.tally import Load


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the operator allows over all classes: pods at a time, and pods created in a second."""

    pods: int
    creates_per_second: int


@dataclass(frozen=True, slots=True)
class LimitGates:
    """The gates of one moment; what was granted counts besides what runs."""

    load: Load
    granted: Grants
    ceiling: Ceiling
    quotas: Quotas
    may_create: bool
    offers: Offers

    def any_is_open(self) -> bool:
        """Say whether there is a pod or a place for anybody."""
        return self._pod_limit() is None or self.offers.have_room

    def lane_is_open(self, lane: Lane) -> bool:
        """Say whether nothing but the limit of a host can hold up a request of this lane."""
        return self._lane_limit(lane) is None and (lane.want.is_pod or self.offers.has_room(lane.pool))

    def host_is_open(self, class_name: str, host: str) -> bool:
        """Say whether the limit of a host is not reached."""
        limits = self._limits(class_name)
        running, granted = self.load.captures, self.granted.captures
        return limits is not None and running.of_host(class_name, host) + granted.of_host(class_name, host) < (
            limits.per_host
        )

    def are_open(self, waiter: Waiter) -> bool:
        """Say whether nothing holds up a request but those before it."""
        return self.limit(waiter) is None and (waiter.want.is_pod or self.offers.has_room(waiter.lane.pool))

    def is_held_by_pods(self, lane: Lane) -> bool:
        """Say whether a lane waits for a pod, and is held up by none of its class's limits."""
        if not lane.want.is_pod or self._quota(lane.pool) is not None:
            return False
        return not (lane.want.is_capture and self._class_limit(lane.pool))

    def limit(self, waiter: Waiter) -> Wait | None:
        """Return which limit holds up a request, the narrowest first: that one does whatever becomes of the others."""
        if waiter.want.is_capture and not self.host_is_open(waiter.share.class_name, waiter.share.host):
            return Wait.HOST_LIMIT
        return self._lane_limit(waiter.lane)

    def describe(self, limit: Wait, share: Share) -> str:
        """Return what is reached, in a sentence."""
        allowed, limits = f"of class {share.class_name} allows", self._limits(share.class_name)
        if limits is None:
            return f"class {share.class_name} is not there"
        match limit:
            case Wait.HOST_LIMIT:
                return f"{_captures(limits.per_host)} at {share.host}, as many as limits.perHost {allowed}"
            case Wait.NAMESPACE_LIMIT:
                many = _captures(limits.per_namespace)
                return f"{many} in namespace {share.namespace}, as many as limits.perNamespace {allowed}"
            case Wait.CLASS_LIMIT:
                return f"{_captures(limits.concurrent)}, as many as limits.concurrent {allowed}"
            case Wait.POD_LIMIT:
                pods = "1 capture pod runs" if self.ceiling.pods == 1 else f"{self.ceiling.pods} capture pods run"
                return f"{pods}, as many as the operator allows"
            case Wait.CREATE_RATE:
                return f"the operator creates at most {self.ceiling.creates_per_second} pods in a second"
            case Wait.QUOTA:
                words = self._quota(Pool(share.namespace, share.class_name))
                return f"namespace {share.namespace} may have no more pods: {words or 'its quota is used up'}"
            case _:
                assert_never(limit)

    def _lane_limit(self, lane: Lane) -> Wait | None:
        if lane.want.is_capture and (limit := self._class_limit(lane.pool)) is not None:
            return limit
        if not lane.want.is_pod:
            return None
        return Wait.QUOTA if self._quota(lane.pool) is not None else self._pod_limit()

    def _pod_limit(self) -> Wait | None:
        if self.load.live_pods + self.granted.pods >= self.ceiling.pods:
            return Wait.POD_LIMIT
        return None if self.may_create else Wait.CREATE_RATE

    def _quota(self, pool: Pool) -> str | None:
        granted = self.granted.captures.in_namespace(pool.class_name, pool.namespace)
        return self.quotas.words(pool, self.load.pods.get(pool.namespace, 0) + granted, self.load.now)

    def _class_limit(self, pool: Pool) -> Wait | None:
        limits, name, namespace = self._limits(pool.class_name), pool.class_name, pool.namespace
        running, granted = self.load.captures, self.granted.captures
        if limits is None:
            return Wait.CLASS_LIMIT
        if running.in_namespace(name, namespace) + granted.in_namespace(name, namespace) >= limits.per_namespace:
            return Wait.NAMESPACE_LIMIT
        return Wait.CLASS_LIMIT if running.of_class(name) + granted.of_class(name) >= limits.concurrent else None

    def _limits(self, class_name: str) -> Limits | None:
        known = self.load.classes.get(class_name)
        return None if known is None else known.limits


def _captures(count: int) -> str:
    return "1 capture runs" if count == 1 else f"{count} captures run"
