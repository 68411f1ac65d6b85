"""Who starts next: namespaces in turns, then priority, then age, never beyond a limit, and nobody twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kubeshot_operator.api.crd import Wait
from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.decide.admission import DOUBT, Admission, Held
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.grants import Grant
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.offers import Offer
from kubeshot_operator.decide.tally import Load
from unit.operator.builders import NOW, after, make_class, make_load, make_waiter

A, B, C = (Key("team", name) for name in "abc")
OTHER = Key("other", "a")
RUNNING = Share("default", "team", "")
FULL = make_load(RUNNING)
EMPTY = make_load()


def admission(pods: int = 1, creates: int = 1000) -> Admission:
    return Admission(Ceiling(pods, creates))


def limited(*running: Share, **limits: int) -> Load:
    """Return a load under these limits of the class."""
    return make_load(*running, classes={"default": make_class(limits=limits)})


def apply(line: Admission, load: Load, *waiters: Waiter) -> None:
    """Have requests wait that can't start."""
    for waiter in waiters:
        assert isinstance(line.ask(waiter, load), Held)


def places(line: Admission, load: Load, *waiters: Waiter) -> list[int]:
    return [held.place for waiter in waiters if isinstance(held := line.ask(waiter, load), Held)]


def served(line: Admission, load: Load) -> list[Key]:
    """Return the order in which requests start, one at a time: each is seen to be over before the next."""
    order: list[Key] = []
    while keys := line.next_up(load):
        for key in keys:
            order.append(key)
            line.begin(key)
            line.end(key)
    return order


def test_free_slot_is_granted_at_once() -> None:
    assert isinstance(admission().ask(make_waiter(), EMPTY), Grant)


def test_granted_slot_counts_until_its_pod_is_known() -> None:
    line = admission()
    assert isinstance(line.ask(make_waiter(A), EMPTY), Grant)
    apply(line, EMPTY, make_waiter(B))
    line.end(A)
    assert line.next_up(FULL) == (), "the pod of A runs"
    assert line.next_up(EMPTY) == (B,)


def test_older_request_goes_first_whoever_asks_first() -> None:
    line = admission()
    waiters = [make_waiter(key, since=after(second)) for key, second in ((C, 3), (A, 1), (B, 2))]
    apply(line, FULL, *waiters)
    assert places(line, FULL, *waiters) == [3, 1, 2]
    assert served(line, EMPTY) == [A, B, C]


def test_name_decides_among_those_of_the_same_age() -> None:
    line = admission()
    apply(line, FULL, make_waiter(B), make_waiter(A))
    assert served(line, EMPTY) == [A, B]


def test_higher_priority_goes_before_age() -> None:
    line = admission()
    waiters = [
        make_waiter(A, since=after(1)),
        make_waiter(B, since=after(2), priority=1),
        make_waiter(C, since=after(3), priority=-1),
    ]
    apply(line, FULL, *waiters)
    assert served(line, EMPTY) == [B, A, C]


def test_namespaces_take_turns_whatever_age_and_priority() -> None:
    line = admission()
    many = [make_waiter(Key("team", f"{number}"), priority=9) for number in range(3)]
    apply(line, FULL, *many, *(make_waiter(Key("late", name), since=after(60)) for name in "ab"))
    assert [key.namespace for key in served(line, EMPTY)] == ["late", "team", "late", "team", "team"]


def test_namespace_that_comes_back_has_gained_nothing() -> None:
    line = admission()
    apply(line, FULL, *(make_waiter(Key("team", name)) for name in "abcd"), make_waiter(OTHER))
    order = []
    for _ in range(4):
        [key] = line.next_up(EMPTY)
        order.append(key.namespace)
        line.begin(key)
        line.end(key)
        if key.namespace == "other":
            apply(line, FULL, make_waiter(OTHER))
    assert order == ["other", "team", "other", "team"]


def test_asking_again_keeps_the_place_and_a_new_run_goes_to_the_end() -> None:
    line = admission()
    apply(line, FULL, *(make_waiter(key, since=after(moment)) for key, moment in ((A, 1), (B, 2))))
    assert places(line, FULL, make_waiter(A, since=after(1))) == [1]
    assert places(line, FULL, make_waiter(A, since=after(3))) == [2]
    assert line.next_up(EMPTY) == (B,)


def test_request_that_asks_no_more_is_forgotten() -> None:
    line = admission()
    apply(line, FULL, make_waiter(A), make_waiter(B))
    line.begin(A)
    line.end(A)
    assert line.next_up(EMPTY) == (B,)


def test_place_counts_the_turns_of_others() -> None:
    line = admission()
    mine = [make_waiter(Key("team", name), since=after(0)) for name in "abc"]
    apply(line, FULL, *mine, *(make_waiter(Key("other", f"{number}")) for number in range(100)))
    assert places(line, FULL, *mine) == [2, 4, 6]
    assert places(line, FULL, make_waiter(Key("other", "99"))) == [103]


HOST = Share("default", "team", "example.com")


@pytest.mark.parametrize(
    ("running", "limits", "limit", "described"),
    [
        ([HOST] * 4, {"perHost": 4}, Wait.HOST_LIMIT, "4 captures run at example.com, as many as limits.perHost"),
        (
            [RUNNING] * 2,
            {"perNamespace": 2},
            Wait.NAMESPACE_LIMIT,
            "2 captures run in namespace team, as many as limits.perNamespace",
        ),
        ([RUNNING], {"concurrent": 1}, Wait.CLASS_LIMIT, "1 capture runs, as many as limits.concurrent"),
        ([HOST], {"concurrent": 1, "perHost": 1}, Wait.HOST_LIMIT, "1 capture runs at example.com"),
        ([HOST] * 5, {}, Wait.POD_LIMIT, "5 capture pods run, as many as the operator allows"),
    ],
    ids=["host", "namespace", "class", "the narrowest of several", "operator"],
)
def test_limit_that_holds_is_named(running: list[Share], limits: dict[str, int], limit: Wait, described: str) -> None:
    held = admission(5).ask(make_waiter(A, host="example.com"), limited(*running, **limits))
    assert isinstance(held, Held)
    assert (held.limit, held.place) == (limit, 1)
    assert held.described.startswith(described)
    assert limit is Wait.POD_LIMIT or held.described.endswith(" of class default allows")


def test_full_host_holds_up_nobody_else() -> None:
    line = admission(9)
    load = limited(HOST, perHost=1)
    apply(line, load, make_waiter(A, host="example.com"))
    assert isinstance(line.ask(make_waiter(B, host="example.org", since=after(1)), load), Grant)
    assert isinstance(line.ask(make_waiter(C, since=after(2)), load), Grant), "a page without a host"


def test_pages_without_a_host_are_not_of_one() -> None:
    line, load = admission(9), limited(*[RUNNING] * 5, perHost=1)
    assert isinstance(line.ask(make_waiter(A), load), Grant)


def test_full_namespace_and_full_class_hold_up_no_others() -> None:
    line = admission(9)
    classes = {"default": make_class(limits={"perNamespace": 1, "concurrent": 2}), "wide": make_class(name="wide")}
    load = make_load(RUNNING, classes=classes)
    apply(line, load, make_waiter(A))
    assert isinstance(line.ask(make_waiter(OTHER), load), Grant)
    apply(line, load, make_waiter(Key("third", "a")))
    assert isinstance(line.ask(make_waiter(B, share=Share("wide", "team", "")), load), Grant)


def test_rate_lets_a_second_s_worth_through_and_then_one_by_one() -> None:
    line = admission(9, creates=2)
    for key in (A, B):
        assert isinstance(line.ask(make_waiter(key), EMPTY), Grant)
        line.spend(key)
        line.end(key)
    held = line.ask(make_waiter(C), EMPTY)
    assert held == Held(Wait.CREATE_RATE, "the operator creates at most 2 pods in a second", 1)
    assert line.due(EMPTY) == (C, after(0.5))
    assert line.next_up(replace(EMPTY, now=after(0.4))) == ()
    assert line.next_up(replace(EMPTY, now=after(0.5))) == (C,)
    assert line.due(replace(EMPTY, now=after(0.5))) is None, "nobody waits"


def test_rate_of_what_was_not_created_is_given_back() -> None:
    line = admission(9, creates=1)
    line.ask(make_waiter(A), EMPTY)
    line.end(A)
    assert isinstance(line.ask(make_waiter(B), EMPTY), Grant)


def test_create_whose_end_nobody_knows_counts_for_a_while() -> None:
    line = admission()
    line.ask(make_waiter(A), EMPTY)
    line.spend(A)
    line.doubt(A, NOW)
    apply(line, EMPTY, make_waiter(B))
    assert line.next_up(replace(EMPTY, now=NOW + DOUBT)) == (B,)


def test_clock_that_is_set_back_prolongs_no_doubt() -> None:
    line, hour = admission(), timedelta(hours=1)
    line.ask(make_waiter(A), EMPTY)
    line.spend(A)
    line.doubt(A, NOW)
    apply(line, replace(EMPTY, now=NOW - hour), make_waiter(B))
    assert line.next_up(replace(EMPTY, now=NOW - hour)) == ()
    assert line.next_up(replace(EMPTY, now=NOW - hour + DOUBT)) == (B,)


def test_clock_that_is_set_back_stops_no_creates() -> None:
    line, hour = admission(9, creates=1), timedelta(hours=1)
    line.ask(make_waiter(A), EMPTY)
    line.spend(A)
    line.end(A)
    apply(line, replace(EMPTY, now=NOW - hour), make_waiter(B))
    assert line.next_up(replace(EMPTY, now=NOW - hour + timedelta(seconds=1))) == (B,)


def test_request_in_doubt_tries_the_same_again_and_then_counts_once() -> None:
    line = admission(2)
    line.ask(make_waiter(A), EMPTY)
    line.spend(A)
    line.doubt(A, NOW)
    line.begin(A)
    assert isinstance(line.ask(make_waiter(A), EMPTY), Grant)
    line.spend(A)
    line.end(A)
    assert isinstance(line.ask(make_waiter(B), FULL), Grant)
    apply(line, FULL, make_waiter(C))


def test_grant_for_what_a_request_was_before_is_given_up() -> None:
    line, load = admission(9), limited(HOST, perHost=1)
    line.ask(make_waiter(A, host="example.org"), load)
    assert places(line, load, make_waiter(A, host="example.com")) == [1]
    assert isinstance(line.ask(make_waiter(B, host="example.org"), load), Grant)


def test_grant_that_comes_during_a_pass_is_for_the_next_one() -> None:
    line = admission()
    line.begin(A)
    apply(line, FULL, make_waiter(A))
    assert line.next_up(EMPTY) == (A,), "another pass found the slot free"
    line.end(A)
    line.begin(A)
    assert isinstance(line.ask(make_waiter(A), EMPTY), Grant)


def test_nobody_starts_in_a_class_that_is_gone() -> None:
    line = admission()
    apply(line, FULL, make_waiter(A))
    assert line.next_up(make_load(classes={})) == ()


def test_warm_pod_is_no_capture() -> None:
    line, load = admission(2), limited(RUNNING, concurrent=1)
    assert isinstance(line.ask(make_waiter(A, Want.WARM_POD), load), Grant)
    assert line.next_up(limited(concurrent=1)) == ()
    apply(line, load, make_waiter(B, Want.WARM_POD))
    assert isinstance(line.ask(make_waiter(OTHER, Want.OWN_POD), limited(concurrent=1)), Grant), "none is counted"


TEAM = Pool("team", "default")
WARM_LOAD = make_load(live_pods=2, pods={"team": 2})


def pressing(line: Admission, load: Load = WARM_LOAD) -> int:
    return line.pressing(TEAM, load)


def test_idle_pods_make_room_for_all_that_wait() -> None:
    line = admission(2)
    assert pressing(line) == 0
    apply(line, WARM_LOAD, make_waiter(OTHER), make_waiter(A), make_waiter(B))
    assert pressing(line) == 3
    assert pressing(line, make_load(live_pods=1, pods={"team": 1})) == 0, "one slot is free"


def test_busy_pods_make_room_for_namespaces_that_have_less() -> None:
    line = admission(2)
    apply(line, WARM_LOAD, make_waiter(A, Want.PLACE), make_waiter(B, Want.WARM_POD))
    assert pressing(line) == 0, "it is its own pods that are waited for"
    apply(line, WARM_LOAD, *(make_waiter(Key("other", name)) for name in "ab"))
    assert pressing(line) == 1
    assert pressing(line, make_load(live_pods=2, pods={"team": 1, "other": 1})) == 0
    apply(line, WARM_LOAD, make_waiter(C))
    assert pressing(line) == 2, "the namespace waits for a pod of another kind as well"


def test_limit_of_a_class_presses_nobody() -> None:
    line, load = admission(2), make_load(classes={"default": make_class(limits={"concurrent": 1})})
    full = replace(load, live_pods=2, pods={"team": 2}, captures=FULL.captures)
    apply(line, full, make_waiter(OTHER))
    assert pressing(line, full) == 0


def test_offer_counts_what_was_promised_before() -> None:
    line = admission()
    line.offer("one", Offer(TEAM, 1))
    assert isinstance(line.ask(make_waiter(A, Want.PLACE), EMPTY), Grant)
    line.offer("one", Offer(TEAM, 1))
    apply(line, EMPTY, make_waiter(B, Want.PLACE))
