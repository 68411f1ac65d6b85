"""Who may start next: namespaces in turns, within every limit.

Whoever asks joins the line; what is free is granted to those whose turn it is at once, and they are to be woken for it.
A pass over a request has `begin` at its start, and at its end `end`, or `doubt` if it broke off.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kubeshot_operator.api.crd import Wait
from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.decide.create_rate import CreateRate
from kubeshot_operator.decide.fair_line import FairLine
from kubeshot_operator.decide.gates import Ceiling, LimitGates
from kubeshot_operator.decide.grants import Grant, Grants
from kubeshot_operator.decide.lane import Lane, Waiter, Want
from kubeshot_operator.decide.offers import Offer, Offers
from kubeshot_operator.decide.quotas import Quotas
from kubeshot_operator.decide.tally import Load

# By then the cache has seen what became of a call that broke off.
DOUBT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Held:
    """A request has to wait at a place, from 1. `limit` is what is reached, and described; `None` where none is."""

    limit: Wait | None
    described: str
    place: int


class Admission:
    """The line of all that wait, what was granted, and the warm pods that have room."""

    def __init__(self, ceiling: Ceiling) -> None:
        self._ceiling = ceiling
        self._line = FairLine()
        self._rate = CreateRate(ceiling.creates_per_second)
        self._quotas = Quotas()
        self._offers = Offers()
        self._grants = Grants()
        self._news: dict[Key, None] = {}
        self._asked: dict[Key, set[Want]] = {}

    def recall(self, namespaces: Iterable[str]) -> None:
        """Go on with the turns of the operator before: these namespaces have had theirs, in this order."""
        self._line.recall(namespaces)

    def begin(self, key: Key) -> tuple[Waiter, ...]:
        """Begin a pass, in which whoever still has to wait asks again. Return what the request waits for."""
        self._grants.take_in_hand(key)
        self._asked[key] = set()
        return self._line.waits_for(key)

    def ask(self, waiter: Waiter, load: Load) -> Grant | Held:
        """Return what a request gets of what it waits for, or what holds it up."""
        self._asked.setdefault(waiter.key, set()).add(waiter.want)
        grant = self._grants.use(waiter)
        if grant is None:
            if (outdated := self._grants.take_back(waiter)) is not None:
                self._give_back(outdated)
            self._line.join(waiter)
            # Who else may start is looked for at the end of the pass.
            if self._gates(load).are_open(waiter):
                self._fill(load)
                grant = self._grants.use(waiter)
        if grant is not None:
            self._news.pop(waiter.key, None)
            return grant
        gates = self._gates(load)
        limit = gates.limit(waiter)
        described = "" if limit is None else gates.describe(limit, waiter.share)
        return Held(limit, described, self._line.place(waiter))

    def refuse(self, grant: Grant) -> None:
        """Take back a grant that turned out to be worth nothing."""
        self._grants.take_back(grant.waiter)

    def refuse_pod(self, pool: Pool, message: str, load: Load) -> datetime:
        """Take note that a quota allows no pod for a pool, in its words; return when to ask again at the latest."""
        return self._quotas.refuse(pool, message, load.pods.get(pool.namespace, 0), load.now)

    def spend(self, key: Key) -> None:
        """Take note that the pod is being created that was granted to a request."""
        self._grants.spend(key)

    def end(self, key: Key, *, claimed: bool = False) -> None:
        """End a pass: what was granted runs now and counts itself, or is free again. `claimed` says so of a place."""
        self._leave(key)
        for grant in self._grants.put_down(key):
            if grant.spent or (claimed and grant.pod_uid):
                self._grants.settle(grant.waiter)
            else:
                self._give_back(grant)

    def doubt(self, key: Key, now: datetime) -> None:
        """End a pass that broke off: what it was granted may have been used, or not."""
        self._leave(key)
        for grant in self._grants.put_down(key):
            self._grants.doubt(grant, now + DOUBT)

    def next_up(self, load: Load) -> tuple[Key, ...]:
        """Return who was granted something since this was asked last."""
        self._fill(load)
        news, self._news = self._news, {}
        return tuple(news)

    def due(self, load: Load) -> tuple[Key, datetime] | None:
        """Return whose turn it is, and when, where nothing holds it up but what time alone undoes: rate and quotas."""
        gates, quotas_at = self._gates(load), self._quotas.next_at(load.now)
        if gates.may_create and quotas_at is None:
            return None
        waiter = self._line.first(
            replace(gates, may_create=True, quotas=Quotas() if gates.may_create else self._quotas)
        )
        at = quotas_at if gates.may_create and quotas_at else self._rate.next_at(load.now)
        return None if waiter is None else (waiter.key, at)

    def offer(self, pod_uid: str, offer: Offer) -> None:
        """Take in that a warm pod asks for work; what it was promised before is on its way."""
        self._offers.put(pod_uid, replace(offer, free=offer.free - self.promised_to(pod_uid)))

    def withdraw(self, pod_uid: str) -> None:
        """Forget that a warm pod asked for work."""
        self._offers.withdraw(pod_uid)

    def promised_to(self, pod_uid: str) -> int:
        """Return how many requests are on their way to a warm pod."""
        return self._grants.promised_to(pod_uid)

    def waiting(self, pool: Pool) -> int:
        """Return how many wait for a place in a warm pod of a pool."""
        return len(self._line.lane(Lane(pool, Want.PLACE)).all)

    def is_waiting(self, waiter: Waiter) -> bool:
        """Say whether a request waits for the same in the same pool as then."""
        return self._line.is_waiting(waiter)

    def making(self, pool: Pool, key: Key) -> int:
        """Return how many warm pods of a pool others than a request create, or wait for."""
        own = any(waiter.want is Want.WARM_POD and waiter.lane.pool == pool for waiter in self._line.waits_for(key))
        return len(self._line.lane(Lane(pool, Want.WARM_POD)).all) - own + self._grants.making(pool, key)

    def heads(self, pool: Pool, count: int, load: Load) -> tuple[Key, ...]:
        """Return the first so many that wait for a place in a pool, without those of a host at its limit."""
        gates, lane = self._gates(load), self._line.lane(Lane(pool, Want.PLACE))
        heads = lane.heads(count, lambda host: gates.host_is_open(pool.class_name, host))
        return tuple(key for _, _, key in heads)

    def everyone(self, pool: Pool) -> tuple[Key, ...]:
        """Return all that wait for a place in a pool."""
        lane = self._line.lane(Lane(pool, Want.PLACE)).all
        return tuple(key for _, _, key in lane.heads(len(lane)))

    def pressing(self, pool: Pool, load: Load) -> int:
        """Return how many pods should end for others than a pool that waits for no limit but the operator's pods.

        All that wait count, if the pool has nothing to do; else one for each namespace that has less of the pods, and
        one for what else its own namespace waits for.
        """
        gates, idle = self._gates(load), not self.waiting(pool)
        if load.live_pods + self._grants.pods < self._ceiling.pods:
            return 0
        pressing = 0
        for namespace in self._line.namespaces():
            lanes = self._line.lanes_of(namespace).items()
            held = sum(len(line.all) for lane, line in lanes if lane != _own(pool) and gates.is_held_by_pods(lane))
            pressing += held if idle else min(held, 1) * _has_less(namespace, pool, load)
        return pressing

    def _leave(self, key: Key) -> None:
        """Have a request wait no longer for what it did not ask for again."""
        asked = self._asked.pop(key, set())
        for waiter in self._line.waits_for(key):
            if waiter.want not in asked:
                self._line.leave(waiter)

    def _fill(self, load: Load) -> None:
        self._grants.forget_doubts(load.now, DOUBT)
        while (waiter := self._line.first(self._gates(load))) is not None:
            self._line.serve(waiter)
            self._grants.add(Grant(waiter, self._take(waiter)))
            self._news[waiter.key] = None

    def _take(self, waiter: Waiter) -> str:
        """Take what is granted to a request: a token, or a place in the warm pod whose UID is returned."""
        if waiter.want.is_pod:
            self._rate.take()
            return ""
        pod_uid = self._offers.roomiest(waiter.lane.pool)
        assert pod_uid is not None, "the gate was open"
        self._offers.take(pod_uid, 1)
        return pod_uid

    def _give_back(self, grant: Grant) -> None:
        if grant.waiter.want.is_pod:
            self._rate.give_back()
        else:
            self._offers.take(grant.pod_uid, -1)

    def _gates(self, load: Load) -> LimitGates:
        may_create = self._rate.allows(load.now)
        self._quotas.see(load.pods)
        return LimitGates(load, self._grants, self._ceiling, self._quotas, may_create, self._offers)


def _own(pool: Pool) -> Lane:
    return Lane(pool, Want.WARM_POD)


def _has_less(namespace: str, pool: Pool, load: Load) -> bool:
    """Say whether a namespace would not have more pods than that of the pool if it got one of them."""
    pods = load.pods.get(namespace, 0)
    return namespace == pool.namespace or not pods or pods + 1 < load.pods.get(pool.namespace, 0)
