"""Which key is looked at next."""

from kubeshot_operator.runtime.ready import Ready
from kubeshot_operator.runtime.schedule import Schedule


def first_letter(key: str) -> str:
    return key[0]


def popped(ready: Ready[str]) -> list[str]:
    keys = []
    while (found := ready.pop()) is not None:
        keys.append(found[0])
    return keys


def test_groups_take_turns() -> None:
    ready = Ready(first_letter)
    for since, key in enumerate(("a1", "a2", "a3", "b1", "c1", "c2", "a1")):
        ready.add(key, since)
    assert len(ready) == 6
    assert popped(ready) == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_lower_rank_goes_first_in_its_group_only() -> None:
    ready = Ready(first_letter)
    for key, rank in (("a1", 0), ("a2", 5), ("b1", 9), ("a3", -5), ("a4", 0), ("a3", 0)):
        ready.add(key, 0.0, rank)
    assert popped(ready) == ["a3", "b1", "a1", "a4", "a2"]
    assert (len(ready), ready.oldest()) == (0, None)


def test_key_whose_turn_has_come_goes_before_all_and_once() -> None:
    ready = Ready(first_letter)
    for since, key in enumerate(("a1", "a2", "b1")):
        ready.add(key, since)
    ready.add_first("b1", 9)
    ready.add("b1", 10)
    ready.add_first("new", 9)
    assert popped(ready) == ["b1", "new", "a1", "a2"]


def test_age_is_that_of_the_key_that_has_waited_longest() -> None:
    ready = Ready(first_letter)
    assert ready.oldest() is None
    for since, key, rank in ((5.0, "a1", 0), (3.0, "b1", 1), (4.0, "b2", 0)):
        ready.add(key, since, rank)
    assert ready.oldest() == 3.0
    ready.add_first("b1", 9.0)
    assert ready.oldest() == 3.0, "it has waited since then"


def test_key_that_is_taken_comes_first_when_its_taker_is_done() -> None:
    schedule = Schedule[str]()
    schedule.add("a", 0.0)
    assert schedule.take(0.0) == ("a", 0.0)
    schedule.add("b", 0.0)
    schedule.add_first("a", 1.0)
    assert schedule.take(1.0) == ("b", 1.0)
    schedule.add("c", 1.0)
    schedule.done("a")
    assert schedule.take(1.0) == ("a", 0.0)
    schedule.done("a")
    assert schedule.take(1.0) == ("c", 0.0)
