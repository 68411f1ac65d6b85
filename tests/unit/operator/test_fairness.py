"""Many requests over virtual time: who starts when, and how many run at every instant of it."""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from zlib import crc32

import pytest

from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.grants import Grant
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.tally import Load
from unit.operator.builders import NOW, make_class, make_load

NO_LIMITS = make_class()


@dataclass(frozen=True)
class Start:
    """A capture that began, and all that ran from that moment on."""

    key: Key
    running: tuple[Share, ...]


@dataclass
class Timeline:
    """An operator without a cluster: captures run for a time, and end."""

    pods: int
    capture_class: CaptureClass = NO_LIMITS
    seconds_of: Callable[[Key], float] = lambda _: 3.0
    starts: list[Start] = field(default_factory=list)
    _now: float = 0.0
    _ends: list[tuple[float, Key]] = field(default_factory=list)
    _running: dict[Key, Waiter] = field(default_factory=dict)
    _waiting: dict[Key, Waiter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._line = Admission(Ceiling(self.pods, 10_000))

    def apply(self, key: Key, host: str = "", priority: int = 0) -> None:
        """Have a request come now."""
        share = Share("default", key.namespace, host)
        self._waiting[key] = Waiter(key, share, Want.OWN_POD, priority, NOW + timedelta(seconds=self._now))
        self._look_at(key)

    def step(self, last: float = 1e9) -> bool:
        """Let the capture end that is the next to do so, and others begin; say whether there was one by then."""
        if not self._ends or self._ends[0][0] > last:
            return False
        self._now, key = heapq.heappop(self._ends)
        del self._running[key]
        self._wake()
        return True

    def run(self, seconds: float = 1e9) -> None:
        """Let captures end and others begin, for so long or until all are done."""
        last = self._now + seconds
        while self.step(last):
            pass

    def could_start(self) -> set[Share]:
        """Return what waits although no limit is reached: nothing ever should."""
        limits, running = self.capture_class.limits, [waiter.share for waiter in self._running.values()]
        if len(running) >= min(limits.concurrent, self.pods):
            return set()
        namespaces = Counter(share.namespace for share in running)
        hosts = Counter(share.host for share in running if share.host)
        waiting = {waiter.share for waiter in self._waiting.values()}
        return {
            share
            for share in waiting
            if namespaces[share.namespace] < limits.per_namespace and hosts[share.host] < limits.per_host
        }

    @property
    def order(self) -> list[Key]:
        """The order in which requests began."""
        return [start.key for start in self.starts]

    def _look_at(self, key: Key) -> None:
        self._line.begin(key)
        waiter = self._waiting[key]
        if isinstance(self._line.ask(waiter, self._load()), Grant):
            self._line.spend(key)
            self._running[key] = self._waiting.pop(key)
            self.starts.append(Start(key, tuple(waiter.share for waiter in self._running.values())))
            heapq.heappush(self._ends, (self._now + self.seconds_of(key), key))
        self._line.end(key)
        self._wake()

    def _wake(self) -> None:
        for key in self._line.next_up(self._load()):
            self._look_at(key)

    def _load(self) -> Load:
        load = make_load(*(waiter.share for waiter in self._running.values()))
        return replace(load, classes={"default": self.capture_class}, now=NOW + timedelta(seconds=self._now))


def many(namespace: str, count: int) -> list[Key]:
    return [Key(namespace, f"shot-{number:05}") for number in range(count)]


def test_one_request_beside_five_thousand_has_the_next_free_slot() -> None:
    world = Timeline(pods=20)
    for key in many("big", 5000):
        world.apply(key)
    world.run(seconds=30)
    before = len(world.starts)
    world.apply(Key("small", "only"))
    world.run(seconds=3)
    assert world.order[before] == Key("small", "only")
    world.run()
    assert len(world.starts) == 5001


def test_namespaces_share_the_slots_however_much_each_asks_for() -> None:
    world = Timeline(pods=10)
    for namespace, count in (("a", 1000), ("b", 200), ("c", 50)):
        for key in many(namespace, count):
            world.apply(key)
    world.run()
    shared = Counter(key.namespace for key in world.order[10:130])
    assert shared == {"a": 40, "b": 40, "c": 40}
    assert world.order[-500:] == many("a", 1000)[-500:]


def test_low_priority_of_one_namespace_is_not_starved_by_high_priority_of_others() -> None:
    world = Timeline(pods=1)
    world.apply(Key("loud", "first"))
    world.apply(Key("quiet", "low"), priority=-1000)
    for number in range(100):
        world.apply(Key("loud", f"high-{number}"), priority=1000)
    world.run()
    assert world.order.index(Key("quiet", "low")) == 1


def test_higher_priority_never_waits_for_a_lower_one_of_its_namespace() -> None:
    random, world, priority = Random(6), Timeline(pods=5), {}
    for key in [key for namespace in ("a", "b") for key in many(namespace, 300)]:
        priority[key] = random.randint(-2, 2)
        world.apply(key, priority=priority[key])
    world.run()
    for namespace in ("a", "b"):
        waited = [priority[key] for key in world.order[5:] if key.namespace == namespace]
        assert waited == sorted(waited, reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_limits_hold_at_every_instant_and_hold_up_nobody_else(seed: int) -> None:
    random = Random(seed)
    capture_class = make_class(limits={"concurrent": 12, "perNamespace": 5, "perHost": 3})
    world = Timeline(15, capture_class, lambda key: 1 + crc32(str(key).encode()) % 7)
    for number in range(500):
        # Some namespaces have more than their share, so that they come to their own limits.
        key = Key(random.choice("aaaabbcdef"), f"shot-{number}")
        world.apply(key, random.choice(["", "x", "y", "z"]), random.randint(-1, 1))
        if random.random() < 0.2:
            world.run(seconds=random.random() * 5)
        assert not world.could_start()
    while world.step():
        assert not world.could_start()
    assert len(world.starts) == 500, "everybody had a turn"
    shares = [start.running for start in world.starts]
    assert max(map(len, shares)) <= 12
    assert max(max(Counter(share.namespace for share in running).values()) for running in shares) <= 5
    hosts = [Counter(share.host for share in running if share.host) for running in shares]
    assert max(max(running.values(), default=0) for running in hosts) <= 3


def test_namespace_held_up_by_its_own_limit_keeps_nobody_waiting() -> None:
    world = Timeline(20, make_class(limits={"perNamespace": 2}))
    for key in many("big", 100) + many("other", 2):
        world.apply(key)
    assert Counter(key.namespace for key in world.order) == {"big": 2, "other": 2}
