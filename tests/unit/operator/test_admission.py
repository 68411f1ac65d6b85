"""Who gets the next pod: the oldest, never more than allowed, and nobody twice."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.admission import WaitingLine
from kubeshot_operator.decide.observation import Slot, SlotGranted, SlotHeld
from unit.operator.builders import NOW, after

A, B, C = (Key("team", name) for name in "abc")


def place(slot: Slot) -> int:
    assert isinstance(slot, SlotHeld)
    return int(slot.message.rpartition("place ")[2].split()[0])


def test_free_slot_is_granted_at_once() -> None:
    assert WaitingLine(1).ask(A, NOW, 0) == SlotGranted()


def test_message_names_the_limit_and_the_place() -> None:
    one, many = WaitingLine(1), WaitingLine(3)
    assert one.ask(A, NOW, 1) == SlotHeld("1 capture pod runs, as many as the operator allows; place 1 in the queue")
    assert many.ask(A, NOW, 3) == SlotHeld("3 capture pods run, as many as the operator allows; place 1 in the queue")


def test_granted_slot_counts_until_its_pod_is_known() -> None:
    line = WaitingLine(1)
    line.ask(A, NOW, 0)
    assert place(line.ask(B, NOW, 0)) == 1, "the pod of A is being created"
    line.release(A)
    assert place(line.ask(B, NOW, 1)) == 1, "the pod of A runs"
    assert line.ask(B, NOW, 0) == SlotGranted()


def test_older_request_goes_first_whoever_asks_first() -> None:
    line = WaitingLine(2)
    assert place(line.ask(C, after(3), 2)) == 1
    assert place(line.ask(A, after(1), 2)) == 1
    assert place(line.ask(B, after(2), 2)) == 2
    assert place(line.ask(C, after(3), 1)) == 3
    assert line.next_up(1) == (A,)
    assert line.ask(A, after(1), 1) == SlotGranted()
    assert line.next_up(1) == ()


def test_name_decides_among_those_of_the_same_age() -> None:
    line = WaitingLine(1)
    assert place(line.ask(B, NOW, 1)) == 1
    assert place(line.ask(A, NOW, 1)) == 1
    assert place(line.ask(B, NOW, 1)) == 2


def test_asking_again_keeps_the_place_and_a_new_run_goes_to_the_end() -> None:
    line = WaitingLine(1)
    for key, moment in ((A, 1), (B, 2)):
        line.ask(key, after(moment), 1)
    assert place(line.ask(A, after(1), 1)) == 1
    assert place(line.ask(A, after(3), 1)) == 2
    assert line.next_up(0) == (B,)


def test_who_leaves_makes_room() -> None:
    line = WaitingLine(1)
    line.ask(A, after(1), 1)
    line.ask(B, after(2), 1)
    line.leave(A)
    line.leave(A)
    assert place(line.ask(B, after(2), 1)) == 1


def test_more_pods_than_allowed_grant_nothing() -> None:
    line = WaitingLine(2)
    assert place(line.ask(A, NOW, 5)) == 1
    assert line.next_up(5) == ()


@given(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
def test_slots_are_never_granted_beyond_the_limit(limit: int, steps: list[tuple[int, bool]]) -> None:
    line, pods, waiting = WaitingLine(limit), list[int](), dict[int, datetime]()
    for number, is_asking in steps:
        key = Key("team", f"{number:02}")
        if is_asking and number not in pods:
            waiting[number] = after(number)
            if line.ask(key, after(number), len(pods)) == SlotGranted():
                assert sorted(waiting).index(number) < limit - len(pods), "older ones have a claim before it"
                del waiting[number]
                pods.append(number)
                line.release(key)
        elif pods:
            pods.pop(0)
        assert len(pods) <= limit
        assert len(line.next_up(len(pods))) <= limit - len(pods)


def test_those_that_have_waited_longer_press_for_as_many_pods_as_are_missing() -> None:
    line = WaitingLine(3)
    for number, key in enumerate((A, B, C)):
        line.ask(key, after(number), 3)
    assert line.pressing(None, 3) == 3
    assert line.pressing(after(2), 3) == 2
    assert line.pressing(NOW, 3) == 0
    assert line.pressing(None, 2) == 2, "one slot is free"
    assert line.pressing(None, 4) == 3
