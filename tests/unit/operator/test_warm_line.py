"""Who gets which request: the oldest first, each pod as much as it takes, and nothing twice."""

from hypothesis import given
from hypothesis import strategies as st

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.observation import ClaimGranted, ClaimHeld, GoesAlone, PodWanted, Turn
from kubeshot_operator.decide.pool import PoolSeen
from kubeshot_operator.decide.warm_line import Offer, WarmLine
from unit.operator.builders import NOW, after, make_warm, make_warm_class

A, B, C = (Key("team", name) for name in "abc")
ONE, TWO = make_warm(name="one"), make_warm(name="two")
POOL = ONE.owner


def ask(line: WarmLine, key: Key, *pods: WarmPod, since: float = 0, claimed: int = 0) -> Turn:
    seen = PoolSeen(POOL, make_warm_class(maxPods=2), pods, claimed, NOW)
    return line.ask(key, after(since), f"warm-for-{key.name}", seen)


def test_first_request_wants_a_pod_and_no_second_one_meanwhile() -> None:
    line = WarmLine()
    assert ask(line, A) == PodWanted()
    assert isinstance(ask(line, B), ClaimHeld), "one pod has pages for two"
    line.release(A, used=False)
    assert ask(line, A) == PodWanted(), "it was not created"


def test_no_pod_is_wanted_beyond_the_most() -> None:
    line = WarmLine()
    for number in range(10):
        ask(line, Key("team", f"early-{number}"), ONE, TWO)
    assert isinstance(ask(line, A, ONE, TWO), ClaimHeld)


def test_pod_on_the_requests_own_account_is_not_wanted_twice() -> None:
    line = WarmLine()
    own = make_warm(name="warm-for-a", deleting=True)
    assert isinstance(ask(line, A, own), ClaimHeld)


def test_place_in_the_queue_is_told() -> None:
    line = WarmLine()
    ask(line, A, ONE, TWO)
    assert ask(line, B, ONE, TWO, since=1) == ClaimHeld(
        Phase.QUEUED, "2 warm pods of class default at work; place 2 in the queue"
    )


def test_what_keeps_pods_from_starting_is_told() -> None:
    stuck = make_warm(phase="Pending", started=None, unschedulable="0/1 nodes are available")
    turn = ask(WarmLine(), A, stuck)
    assert isinstance(turn, ClaimHeld)
    assert (turn.reason, "0/1 nodes" in turn.message) == (Reason.UNSCHEDULABLE, True)


def test_requests_go_alone_when_pods_cannot_start() -> None:
    line = WarmLine()
    assert ask(line, A, make_warm(phase="Pending", started=None, waiting_reason="InvalidImageName")) == GoesAlone()
    assert line.waiting(POOL) == 0


def test_offer_wakes_as_many_as_it_takes_oldest_first() -> None:
    line = WarmLine()
    for key, since in ((C, 3), (B, 2), (A, 1)):
        ask(line, key, ONE, TWO, since=since)
    assert line.offer(ONE.uid, Offer(POOL, 2)) == (A, B)


def test_claim_is_granted_in_the_order_of_age_whoever_asks_first() -> None:
    line = WarmLine()
    ask(line, A, ONE, TWO, since=1)
    line.offer(ONE.uid, Offer(POOL, 1))
    assert isinstance(ask(line, B, ONE, TWO, since=2), ClaimHeld)
    assert ask(line, A, ONE, TWO, since=1) == ClaimGranted(ONE)
    assert isinstance(ask(line, B, ONE, TWO, since=2), ClaimHeld), "it takes no more"


def test_work_is_spread() -> None:
    line = WarmLine()
    line.offer(ONE.uid, Offer(POOL, 1))
    line.offer(TWO.uid, Offer(POOL, 2))
    given = [ask(line, key, ONE, TWO) for key in (A, B, C)]
    assert given[0] == ClaimGranted(TWO)
    assert {turn.pod.name for turn in given if isinstance(turn, ClaimGranted)} == {"one", "two"}


def test_promise_that_was_not_used_goes_to_the_next() -> None:
    line = WarmLine()
    ask(line, A, ONE, TWO)
    ask(line, B, ONE, TWO, since=1)
    line.offer(ONE.uid, Offer(POOL, 1))
    ask(line, A, ONE, TWO)
    assert line.promised_to(ONE.uid) == 1
    assert line.release(A, used=False) == (B,)
    assert ask(line, B, ONE, TWO, since=1) == ClaimGranted(ONE)
    assert line.release(B, used=True) == ()
    assert line.promised_to(ONE.uid) == 0


def test_pod_that_asks_no_more_or_serves_no_more_gets_nothing() -> None:
    line = WarmLine()
    line.offer(ONE.uid, Offer(POOL, 1))
    assert isinstance(ask(line, A, make_warm(name="one", deleting=True), TWO), ClaimHeld | PodWanted)
    line.withdraw(ONE.uid)
    assert isinstance(ask(line, B, ONE, TWO), ClaimHeld)


def test_others_wait_for_a_busy_pool_and_not_for_an_idle_one() -> None:
    line = WarmLine()
    assert line.patience(POOL) is None
    ask(line, A, ONE, TWO, since=100)
    assert line.patience(POOL) == after(70)


def test_request_that_leaves_is_forgotten() -> None:
    line = WarmLine()
    ask(line, A, ONE, TWO)
    line.leave(A)
    line.leave(A)
    assert (line.waiting(POOL), line.heads(POOL, 5), line.next_up(POOL)) == (0, (), ())


@given(st.lists(st.sampled_from(range(8)), max_size=40), st.lists(st.integers(1, 3), min_size=2, max_size=2))
def test_pods_never_get_more_than_they_take(asking: list[int], free: list[int]) -> None:
    line, granted = WarmLine(), list[str]()
    for pod, count in zip((ONE, TWO), free, strict=True):
        line.offer(pod.uid, Offer(POOL, count))
    for number in asking:
        key = Key("team", str(number))
        turn = ask(line, key, ONE, TWO, since=number)
        if isinstance(turn, ClaimGranted):
            granted.append(turn.pod.name)
            line.release(key, used=True)
    assert granted.count("one") <= free[0]
    assert granted.count("two") <= free[1]
