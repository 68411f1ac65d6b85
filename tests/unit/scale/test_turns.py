"""Whose turn it was, by changes as the API server tells them: versions count up, `name` gets a pod, `-name` ends."""

from collections import Counter

import pytest

from e2e.pod_times import most_at_once, order_of_creation
from e2e.watch import Change
from scale.turns import created, first_written, longest_pause, most_jumped, overtook


def pods(story: str) -> list[Change]:
    """Return the changes of a story such as `a b -a`; the version is the place of its word."""
    return [_pod(version, word) for version, word in enumerate(story.split(), start=1)]


def _pod(version: int, word: str) -> Change:
    name = word.lstrip("-")
    metadata = {"uid": name, "resourceVersion": str(version), "labels": {"kubeshot.dev/request": name}}
    return Change("MODIFIED" if word != name else "ADDED", {"metadata": metadata, "status": _status(word != name)})


def _status(is_over: bool) -> dict[str, object]:
    return {"phase": "Succeeded" if is_over else "Pending"}


def test_the_order_of_pods_and_their_versions_are_read() -> None:
    assert created(pods("a b -a c")) == {"a": 1, "b": 2, "c": 4}
    assert order_of_creation(pods("a b -a c")) == ["a", "b", "c"]


def test_the_first_write_puts_a_request_into_the_line() -> None:
    bodies = [{"metadata": {"name": "a", "resourceVersion": str(version)}} for version in (1, 2, 3)]
    kinds = ("ADDED", "MODIFIED", "MODIFIED")
    assert first_written(Change(kind, body) for kind, body in zip(kinds, bodies, strict=True)) == {"a": 2}


@pytest.mark.parametrize(
    ("story", "since", "overtaken"),
    [
        pytest.param("a b -a late", 2, 0, id="it has the next free slot"),
        pytest.param("a b -a -b c late", 4, 1, id="a slot beside it is filled at the same moment"),
        pytest.param("a -a b -b c -c late", 2, 2, id="others have their turns before it"),
        pytest.param("a b c -a late", 3, 0, id="what ran before does not count"),
    ],
)
def test_who_overtook_one_that_was_there(story: str, since: int, overtaken: int) -> None:
    assert overtook(pods(story), "late", since) == overtaken


@pytest.mark.parametrize(
    ("story", "jumped"),
    [
        pytest.param("low1 -low1 HIGH1 -HIGH1 low2", 0, id="the higher priority is first"),
        pytest.param("low1 -low1 low2 -low2 low3 -low3 HIGH1", 2, id="two of a lower priority are first"),
        pytest.param("low1", 0, id="before anything has ended nobody had to wait"),
    ],
)
def test_by_how_many_a_higher_priority_was_passed_over(story: str, jumped: int) -> None:
    assert most_jumped(pods(story), Counter(), str.isupper, slots=1) == jumped


def test_one_that_came_into_the_line_later_was_not_passed_over() -> None:
    changes = pods("low1 -low1 low2 -low2 HIGH1")
    queued = {"low1": 0, "low2": 0, "HIGH1": 3}
    assert most_jumped(changes, queued, str.isupper, slots=1) == 0


def test_pods_that_have_ended_take_no_room() -> None:
    assert most_at_once(pods("a1 a2 -a1 a3 b1 -a2 -a3 -b1 b2"), lambda pod: str(pod["metadata"]["uid"])[0]) == {
        "a": 2,
        "b": 1,
    }


@pytest.mark.parametrize(
    ("since", "until", "pause"),
    [
        pytest.param(0.0, 20.0, 8.0, id="anywhere"),
        pytest.param(5.0, 20.0, 8.0, id="from the last one before on"),
        pytest.param(12.5, 20.0, 3.0, id="later"),
        pytest.param(0.0, 4.5, 8.0, id="to the first one after"),
        pytest.param(0.0, 2.5, 2.0, id="earlier"),
    ],
)
def test_the_longest_pause(since: float, until: float, pause: float) -> None:
    assert longest_pause([1.0, 3.0, 4.0, 12.0, 13.0, 16.0], since, until) == pause
