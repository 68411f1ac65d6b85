"""When a key is handed out: once at a time, no wish forgotten, the earliest first."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kubeshot_operator.runtime.schedule import FIRST_BACKOFF, LONGEST_BACKOFF, Schedule


def taken(schedule: Schedule[str], now: float) -> list[str]:
    """Take all keys that are ready."""
    keys = []
    while (found := schedule.take(now)) is not None:
        keys.append(found[0])
    return keys


def test_keys_come_out_in_the_order_in_which_they_came_and_once() -> None:
    schedule = Schedule[str]()
    for key in ("b", "a", "b", "c"):
        schedule.add(key, 0.0)
    assert taken(schedule, 0.0) == ["b", "a", "c"]


def test_key_that_is_taken_waits_for_its_taker() -> None:
    schedule = Schedule[str]()
    schedule.add("a", 0.0)
    assert taken(schedule, 0.0) == ["a"]
    schedule.add("a", 1.0)
    schedule.add("a", 2.0)
    assert taken(schedule, 2.0) == []
    schedule.done("a")
    assert taken(schedule, 2.0) == ["a"]
    schedule.done("a")
    assert taken(schedule, 2.0) == []


def test_later_key_is_ready_at_its_time() -> None:
    schedule = Schedule[str]()
    schedule.add_at("late", 20.0)
    schedule.add_at("soon", 10.0)
    assert schedule.next_due() == 10.0
    assert taken(schedule, 9.9) == []
    assert taken(schedule, 20.0) == ["soon", "late"]
    assert schedule.next_due() is None


@pytest.mark.parametrize(("first", "then"), [(10.0, 20.0), (20.0, 10.0)], ids=["later", "earlier"])
def test_new_time_replaces_the_old_one(first: float, then: float) -> None:
    schedule = Schedule[str]()
    schedule.add_at("a", first)
    schedule.add_at("a", then)
    assert schedule.next_due() == then
    assert taken(schedule, then - 0.1) == []
    assert taken(schedule, then) == ["a"]
    schedule.done("a")
    assert taken(schedule, 99.0) == [], "the old time has no meaning any more"


def test_backoff_doubles_up_to_a_minute_and_starts_again_after_a_success() -> None:
    schedule, delays = Schedule[str](), []
    for _ in range(12):
        delays.append(schedule.failed("a", 0.0))
    assert delays[:4] == [FIRST_BACKOFF, 1.0, 2.0, 4.0]
    assert delays[-1] == LONGEST_BACKOFF
    schedule.done("a")
    assert schedule.failed("a", 0.0) == FIRST_BACKOFF


def test_event_ends_a_backoff_early() -> None:
    schedule = Schedule[str]()
    schedule.failed("a", 0.0)
    schedule.add("a", 0.1)
    assert taken(schedule, 0.1) == ["a"]


def test_forgotten_key_is_not_due() -> None:
    schedule = Schedule[str]()
    schedule.add_at("a", 1.0)
    schedule.forget("a")
    assert schedule.next_due() is None
    assert taken(schedule, 2.0) == []


def test_head_age_is_that_of_the_key_that_waits_longest() -> None:
    schedule = Schedule[str]()
    assert schedule.head_age(5.0) == 0.0
    schedule.add("a", 5.0)
    schedule.add("b", 8.0)
    assert schedule.head_age(9.0) == 4.0
    assert schedule.take(9.0) == ("a", 4.0)
    assert schedule.head_age(9.0) == 1.0


def test_plans_that_were_replaced_do_not_pile_up() -> None:
    schedule = Schedule[str]()
    for number in range(10_000):
        schedule.add_at("a", 86_400.0 + number)
    assert len(schedule._heap) < 100
    assert schedule.next_due() == 96_399.0


class Wishes(RuleBasedStateMachine):
    """Compares a schedule with the plain words of its contract."""

    keys = st.sampled_from("abc")

    def __init__(self) -> None:
        super().__init__()
        self.schedule = Schedule[str]()
        self.now = 0.0
        self.ready: set[str] = set()
        self.held: set[str] = set()
        self.again: set[str] = set()
        self.due: dict[str, float] = {}

    def wish(self, key: str) -> None:
        (self.again if key in self.held else self.ready).add(key)

    def ripen(self) -> None:
        for key in [key for key, due in self.due.items() if due <= self.now]:
            del self.due[key]
            self.wish(key)

    def give_back(self, key: str) -> None:
        self.held.discard(key)
        if key in self.again:
            self.again.discard(key)
            self.ready.add(key)

    @rule(key=keys)
    def add(self, key: str) -> None:
        self.schedule.add(key, self.now)
        self.wish(key)

    @rule(key=keys, seconds=st.integers(0, 5))
    def add_later(self, key: str, seconds: int) -> None:
        self.schedule.add_at(key, self.now + seconds)
        self.due[key] = self.now + seconds

    @rule(seconds=st.integers(1, 4))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def take(self) -> None:
        self.ripen()
        taken = self.schedule.take(self.now)
        if taken is None:
            assert not self.ready
        else:
            self.ready.remove(taken[0])
            self.held.add(taken[0])

    @precondition(lambda self: self.held)
    @rule()
    def finish(self) -> None:
        key = min(self.held)
        self.schedule.done(key)
        self.give_back(key)

    @precondition(lambda self: self.held)
    @rule()
    def fail(self) -> None:
        key = min(self.held)
        delay = self.schedule.failed(key, self.now)
        self.again.discard(key)
        self.give_back(key)
        self.due[key] = self.now + delay

    @rule(key=keys)
    def forget(self, key: str) -> None:
        self.schedule.forget(key)
        self.due.pop(key, None)

    @invariant()
    def next_time_is_the_earliest(self) -> None:
        assert self.schedule.next_due() == min(self.due.values(), default=None)


TestWishes = Wishes.TestCase
TestWishes.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
