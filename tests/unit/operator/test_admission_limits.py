"""The line against a model that looks at everything: whatever happens in whatever order, no limit is ever passed."""

from collections import Counter
from dataclasses import replace

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kubeshot_operator.api.limits import Limits, Share
from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.admission import DOUBT, Admission
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.grants import Grant
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.tally import Load
from unit.operator.builders import after, make_class, make_load

LIMITS = Limits(concurrent=5, per_namespace=3, per_host=2)
CLASSES = {
    name: make_class(name=name, limits={"concurrent": 5, "perNamespace": 3, "perHost": 2}) for name in ("fast", "slow")
}
PODS, RATE = 7, 4

SHARES = st.builds(Share, st.sampled_from(sorted(CLASSES)), st.sampled_from("pqr"), st.sampled_from(["", "x", "y"]))


class World(RuleBasedStateMachine):
    """Requests come, are looked at, start, end, and break off; the cache learns of pods late, and the clock goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Admission(Ceiling(PODS, RATE))
        self.seconds = 0.0
        self.waiting: dict[Key, Waiter] = {}
        self.pods: dict[Key, Share] = {}
        self.unseen: dict[Key, float] = {}
        self.creates: list[float] = []
        self.breaks_off = False

    def load(self) -> Load:
        """Return what the cache knows: all but the pods of creates that broke off, for a while."""
        seen = [share for key, share in self.pods.items() if key not in self.unseen]
        return replace(make_load(*seen, classes=CLASSES), now=after(self.seconds))

    @rule(share=SHARES, name=st.integers(0, 40), priority=st.integers(-1, 1))
    def apply(self, share: Share, name: int, priority: int) -> None:
        key = Key(share.namespace, str(name))
        if key not in self.pods:
            self.waiting[key] = Waiter(key, share, Want.OWN_POD, priority, after(self.seconds))
            self.look_at(key)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def look_again(self, data: st.DataObject) -> None:
        self.look_at(data.draw(st.sampled_from(sorted(self.waiting))))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.waiting)))
        if key not in self.pods:
            self.line.begin(key)
            del self.waiting[key]
            self.line.end(key)
            self.wake()

    @precondition(lambda self: self.pods)
    @rule(data=st.data())
    def end_a_pod(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.pods)))
        if key not in self.unseen:
            del self.pods[key]
            self.wake()

    @rule()
    def break_off_the_next_create(self) -> None:
        """The pod is created, but nobody hears the answer; its event is late."""
        self.breaks_off = True

    @rule(seconds=st.sampled_from([0.1, 0.3, 1.0, DOUBT.total_seconds()]))
    def time_goes_on(self, seconds: float) -> None:
        self.seconds += seconds
        for key in [key for key, seen_at in self.unseen.items() if seen_at <= self.seconds]:
            del self.unseen[key]
        self.wake()

    def look_at(self, key: Key) -> None:
        """Make a pass over a request."""
        if key in self.unseen:
            return
        self.line.begin(key)
        waiter = self.waiting.get(key)
        if waiter is not None and isinstance(self.line.ask(waiter, self.load()), Grant):
            self.check_that_nobody_was_passed_over(waiter)
            self.line.spend(key)
            self.create(key)
            if self.breaks_off:
                self.breaks_off = False
                self.unseen[key] = self.seconds + 10
                self.line.doubt(key, after(self.seconds))
                return
        self.line.end(key)
        self.wake()

    def wake(self) -> None:
        for key in self.line.next_up(self.load()):
            self.look_at(key)

    def create(self, key: Key) -> None:
        self.creates.append(self.seconds)
        self.pods[key] = self.waiting.pop(key).share

    def check_that_nobody_was_passed_over(self, granted: Waiter) -> None:
        """Nobody of the same namespace, class and host waits who comes before."""
        for other in self.waiting.values():
            if other.share == granted.share and other.key not in self.unseen:
                before = (-other.priority, other.since, other.key) < (-granted.priority, granted.since, granted.key)
                assert not before, f"{other} was passed over"

    @invariant()
    def no_limit_is_passed(self) -> None:
        shares = list(self.pods.values())
        assert len(shares) <= PODS
        assert max(Counter(share.class_name for share in shares).values(), default=0) <= LIMITS.concurrent
        spaces = Counter((share.class_name, share.namespace) for share in shares)
        assert max(spaces.values(), default=0) <= LIMITS.per_namespace
        hosts = Counter((share.class_name, share.host) for share in shares if share.host)
        assert max(hosts.values(), default=0) <= LIMITS.per_host

    @invariant()
    def rate_is_kept(self) -> None:
        for first, begun in enumerate(self.creates):
            later = [moment - begun for moment in self.creates[first:]]
            assert all(count <= RATE + RATE * passed + 1e-6 for count, passed in enumerate(later, start=1))

    @invariant()
    def nothing_is_kept_back(self) -> None:
        """Whoever waits is held by a limit: otherwise it would have started."""
        for waiter in self.waiting.values():
            share, shares = waiter.share, list(self.pods.values())
            doubts = [share for key, share in self.pods.items() if key in self.unseen]
            is_full = (
                len(shares) + len(doubts) >= PODS
                or sum(other.class_name == share.class_name for other in shares + doubts) >= LIMITS.concurrent
                or sum(_space(other) == _space(share) for other in shares + doubts) >= LIMITS.per_namespace
                or (share.host and sum(_host(other) == _host(share) for other in shares + doubts) >= LIMITS.per_host)
            )
            recent = [moment for moment in self.creates if moment > self.seconds - 1]
            assert is_full or self.doubted_lately() or recent, f"{waiter} could start"

    def doubted_lately(self) -> bool:
        """Say whether a create that broke off may still count, though its pod is seen or gone by now."""
        return bool(self.line._grants._doubts)


def _space(share: Share) -> tuple[str, str]:
    return share.class_name, share.namespace


def _host(share: Share) -> tuple[str, str]:
    return share.class_name, share.host


TestLimits = World.TestCase
TestLimits.settings = settings(max_examples=150, stateful_step_count=40, deadline=None, phases=[Phase.generate])
