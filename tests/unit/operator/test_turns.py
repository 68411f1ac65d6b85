"""Namespaces take turns, and none gains by having been away."""

from kubeshot_operator.decide.turns import Turns


def waiting(*namespaces: str) -> Turns:
    turns = Turns()
    for namespace in namespaces:
        turns.join(namespace)
    return turns


def test_the_one_that_was_served_longest_ago_is_first() -> None:
    turns = waiting("a", "b", "c")
    for namespace in ("a", "b", "a"):
        turns.serve(namespace)
    assert list(turns) == ["c", "b", "a"]


def test_one_that_comes_back_has_its_old_place() -> None:
    turns = waiting("a", "b")
    turns.serve("a")
    turns.leave("a")
    turns.join("a")
    turns.join("a")
    assert list(turns) == ["b", "a"]


def test_turns_that_another_gave_count() -> None:
    turns = waiting("a", "b", "c")
    turns.recall(["a", "c", "a"])
    turns.join("d")
    assert list(turns) == ["b", "d", "c", "a"]
    turns.serve("b")
    assert list(turns) == ["d", "c", "a", "b"]


def test_those_that_are_long_gone_are_forgotten() -> None:
    turns = Turns()
    for number in range(1000):
        turns.join(f"{number}")
        turns.serve(f"{number}")
        turns.leave(f"{number}")
    assert len(turns._served) <= 65
