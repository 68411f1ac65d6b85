"""Who gets which place in a warm pod: as the line says, each pod as much as it takes, and nothing twice."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.crd import Phase, Wait
from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.admission import Admission, Held
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.lane import Want
from kubeshot_operator.decide.observation import ClaimGranted, ClaimHeld, GoesAlone, PodWanted, Turn
from kubeshot_operator.decide.offers import Offer
from kubeshot_operator.decide.pool import PoolSeen
from kubeshot_operator.decide.tally import Load
from kubeshot_operator.decide.warm_line import ask_for_place
from unit.operator.builders import NOW, after, make_class, make_load, make_waiter, make_warm, make_warm_class

A, B, C = (Key("team", name) for name in "abc")
ONE, TWO = make_warm(name="one"), make_warm(name="two")
POOL = ONE.owner
LOAD = make_load(classes={"default": make_warm_class(maxPods=2)})


def new_line() -> Admission:
    return Admission(Ceiling(5, 1000))


def ask(line: Admission, key: Key, *pods: WarmPod, since: float = 0, load: Load = LOAD) -> Turn:
    seen = PoolSeen(POOL, make_warm_class(maxPods=2), pods, 0, NOW)
    waiter = make_waiter(key, Want.PLACE, since=after(since))
    return ask_for_place(line, waiter, f"warm-for-{key.name}", seen, load)


def test_first_request_wants_a_pod_and_no_second_one_meanwhile() -> None:
    line = new_line()
    assert ask(line, A) == PodWanted()
    line.ask(make_waiter(A, Want.WARM_POD), LOAD)
    assert isinstance(ask(line, B), ClaimHeld), "one pod has pages for two"
    line.end(A)
    assert ask(line, A) == PodWanted(), "it was not created"


def test_request_that_stands_for_a_pod_still_wants_it() -> None:
    line, full = new_line(), replace(LOAD, live_pods=5)
    for _ in range(2):
        line.begin(A)
        assert ask(line, A, load=full) == PodWanted()
        assert isinstance(line.ask(make_waiter(A, Want.WARM_POD), full), Held)
        line.end(A)
    assert isinstance(ask(line, B, load=full), ClaimHeld), "it stands for both of them"


def test_no_pod_is_wanted_beyond_the_most() -> None:
    line = new_line()
    for number in range(10):
        ask(line, Key("team", f"early-{number}"), ONE, TWO)
    assert isinstance(ask(line, A, ONE, TWO), ClaimHeld)


def test_pod_on_the_requests_own_account_is_not_wanted_twice() -> None:
    own = make_warm(name="warm-for-a", deleting=True)
    assert isinstance(ask(new_line(), A, own), ClaimHeld)


def test_place_in_the_queue_is_told() -> None:
    line = new_line()
    ask(line, A, ONE, TWO)
    assert ask(line, B, ONE, TWO, since=1) == ClaimHeld(
        Phase.QUEUED, "2 warm pods of class default at work; place 2 in the queue"
    )


def test_limit_of_the_class_is_told_and_no_pod_wanted_for_what_could_not_start() -> None:
    capture_class = make_class(reuse={"mode": "Warm"}, limits={"perHost": 1})
    line, load = new_line(), make_load(classes={"default": capture_class})
    line.offer(ONE.uid, Offer(POOL, 1))
    line.ask(make_waiter(A, Want.PLACE, host="example.com"), load)
    waiter = make_waiter(B, Want.PLACE, host="example.com")
    turn = ask_for_place(line, waiter, "warm-for-b", PoolSeen(POOL, capture_class, (ONE,), 1, NOW), load)
    assert turn == ClaimHeld(
        Wait.HOST_LIMIT,
        "1 capture runs at example.com, as many as limits.perHost of class default allows; place 1 in the queue",
    )


def test_what_keeps_pods_from_starting_is_told() -> None:
    stuck = make_warm(phase="Pending", started=None, unschedulable="0/1 nodes are available")
    turn = ask(new_line(), A, stuck)
    assert isinstance(turn, ClaimHeld)
    assert (turn.reason, "0/1 nodes" in turn.message) == (Reason.UNSCHEDULABLE, True)


def test_requests_go_alone_when_pods_cannot_start() -> None:
    line = new_line()
    assert ask(line, A, make_warm(phase="Pending", started=None, waiting_reason="InvalidImageName")) == GoesAlone()
    assert line.waiting(POOL) == 0


def test_offer_wakes_as_many_as_it_takes_oldest_first() -> None:
    line = new_line()
    for key, since in ((C, 3), (B, 2), (A, 1)):
        ask(line, key, ONE, TWO, since=since)
    line.offer(ONE.uid, Offer(POOL, 2))
    assert line.next_up(LOAD) == (A, B)


def test_claim_is_granted_in_the_order_of_age_whoever_asks_first() -> None:
    line = new_line()
    ask(line, A, ONE, TWO, since=1)
    line.offer(ONE.uid, Offer(POOL, 1))
    assert isinstance(ask(line, B, ONE, TWO, since=2), ClaimHeld)
    assert ask(line, A, ONE, TWO, since=1) == ClaimGranted(ONE)
    assert isinstance(ask(line, B, ONE, TWO, since=2), ClaimHeld), "it takes no more"


def test_work_is_spread() -> None:
    line = new_line()
    line.offer(ONE.uid, Offer(POOL, 1))
    line.offer(TWO.uid, Offer(POOL, 2))
    given = [ask(line, key, ONE, TWO) for key in (A, B, C)]
    assert given[0] == ClaimGranted(TWO)
    assert {turn.pod.name for turn in given if isinstance(turn, ClaimGranted)} == {"one", "two"}


def test_promise_that_was_not_used_goes_to_the_next() -> None:
    line = new_line()
    ask(line, A, ONE, TWO)
    ask(line, B, ONE, TWO, since=1)
    line.offer(ONE.uid, Offer(POOL, 1))
    ask(line, A, ONE, TWO)
    assert line.promised_to(ONE.uid) == 1
    line.end(A)
    assert line.next_up(LOAD) == (B,)
    assert ask(line, B, ONE, TWO, since=1) == ClaimGranted(ONE)
    line.end(B, claimed=True)
    assert (line.next_up(LOAD), line.promised_to(ONE.uid)) == ((), 0)


def test_promise_in_doubt_is_one_until_it_is_settled() -> None:
    line = new_line()
    line.offer(ONE.uid, Offer(POOL, 1))
    line.begin(A)
    assert ask(line, A, ONE) == ClaimGranted(ONE)
    line.doubt(A, NOW)
    assert line.promised_to(ONE.uid) == 1
    line.begin(A)
    assert ask(line, A, ONE) == ClaimGranted(ONE)
    line.end(A, claimed=True)
    assert line.promised_to(ONE.uid) == 0


def test_promise_of_a_pod_that_has_left_is_worth_nothing() -> None:
    line = new_line()
    line.offer(ONE.uid, Offer(POOL, 1))
    line.begin(A)
    ask(line, A, ONE)
    line.doubt(A, NOW)
    line.begin(A)
    assert not isinstance(ask(line, A, replace(ONE, leaving=True)), ClaimGranted)
    line.end(A)
    assert line.promised_to(ONE.uid) == 0


def test_pod_that_asks_no_more_or_serves_no_more_gets_nothing() -> None:
    line = new_line()
    line.offer(ONE.uid, Offer(POOL, 1))
    assert isinstance(ask(line, A, make_warm(name="one", deleting=True), TWO), ClaimHeld | PodWanted)
    line.withdraw(ONE.uid)
    assert isinstance(ask(line, B, ONE, TWO), ClaimHeld)


def test_pods_are_created_for_those_whose_host_has_room() -> None:
    line = new_line()
    load = make_load(
        make_waiter(host="full.example").share,
        classes={"default": make_class(reuse={"mode": "Warm"}, limits={"perHost": 1})},
    )
    for second, (key, host) in enumerate(((A, "full.example"), (B, "b.example"), (C, "c.example"))):
        line.ask(make_waiter(key, Want.PLACE, host=host, since=after(second)), load)
    assert [line.heads(POOL, count, load) for count in (-1, 1, 9)] == [(), (B,), (B, C)]
    assert line.everyone(POOL) == (A, B, C)


@given(st.lists(st.sampled_from(range(8)), max_size=40), st.lists(st.integers(1, 3), min_size=2, max_size=2))
def test_pods_never_get_more_than_they_take(asking: list[int], free: list[int]) -> None:
    line, granted = new_line(), list[str]()
    for pod, count in zip((ONE, TWO), free, strict=True):
        line.offer(pod.uid, Offer(POOL, count))
    for number in asking:
        key = Key("team", str(number))
        turn = ask(line, key, ONE, TWO, since=number)
        if isinstance(turn, ClaimGranted):
            granted.append(turn.pod.name)
            line.end(key, claimed=True)
    assert granted.count("one") <= free[0]
    assert granted.count("two") <= free[1]
