"""When a request is struck, when it is over, and what it should have come to."""

from collections import Counter
from itertools import islice
from typing import Any

import pytest

from soak.mix import KINDS, Asked, Kind, Turn, dealt, turn_of, why_twice, why_wrong

BY_NAME = {kind.name: kind for kind in KINDS}


def body(phase: str, reason: str = "Succeeded", generation: int = 1, run: int = 1, **metadata: Any) -> dict[str, Any]:
    """Return a request; its status is of its first generation, or of its second when it is in the second run."""
    status = {
        "phase": phase,
        "run": run,
        "observedGeneration": run,
        "conditions": [{"type": "Ready", "reason": reason}],
    }
    return {"metadata": {"name": "shot", "generation": generation, **metadata}, "status": status}


def asked(kind: str) -> Asked:
    """Return a request of this kind."""
    return Asked("shot", "team", BY_NAME[kind])


def test_kinds_are_dealt_in_their_parts() -> None:
    found = Counter(kind.name for kind in islice(dealt(), 80))
    assert found == {kind.name: 2 * kind.times for kind in KINDS}
    assert sum(kind.times for kind in KINDS) == 40


@pytest.mark.parametrize(
    ("kind", "found", "struck", "turn"),
    [
        pytest.param("good", {"metadata": {"generation": 1}}, False, Turn.WAIT, id="nobody looked at it yet"),
        pytest.param("good", body("Capturing"), False, Turn.WAIT, id="it is captured"),
        pytest.param("good", body("Succeeded"), False, Turn.ENDED, id="it has ended"),
        pytest.param("good", None, False, Turn.GONE, id="it is gone"),
        pytest.param("changed", body("Queued"), False, Turn.WAIT, id="too early to change it"),
        pytest.param("changed", body("Capturing"), False, Turn.STRIKE, id="the moment to change it"),
        pytest.param("changed", body("Capturing", generation=2), True, Turn.WAIT, id="it was changed"),
        pytest.param("changed", body("Succeeded", generation=2), True, Turn.WAIT, id="an old end does not count"),
        pytest.param("changed", body("Succeeded", generation=2, run=2), True, Turn.ENDED, id="the second end does"),
        pytest.param("deleted", body("Capturing"), False, Turn.STRIKE, id="the moment to delete it"),
        pytest.param("deleted", body("Succeeded", deletionTimestamp="now"), True, Turn.WAIT, id="it is going"),
        pytest.param("deleted", None, True, Turn.GONE, id="it was deleted"),
    ],
)
def test_whose_turn_it_is(kind: str, found: dict[str, Any] | None, struck: bool, turn: Turn) -> None:
    assert turn_of(BY_NAME[kind], found, struck=struck) is turn


@pytest.mark.parametrize(
    ("kind", "found", "struck", "wrong"),
    [
        pytest.param("good", body("Succeeded"), False, None, id="right"),
        pytest.param("missing", body("Failed", "HTTPError"), False, None, id="failed, as it deserves"),
        pytest.param("missing", body("Succeeded"), False, "ended as Succeeded, not HTTPError", id="an error's picture"),
        pytest.param("good", body("Failed", "PodLost"), False, "ended as PodLost, not Succeeded", id="failed"),
        pytest.param("good", body("Succeeded", run=2), False, "ended in run 2, not 1", id="captured anew"),
        pytest.param("good", None, False, "was gone before its end", id="gone"),
        pytest.param("deleted", None, True, None, id="deleted"),
        pytest.param("changed", body("Succeeded", run=2), True, None, id="changed"),
        pytest.param("changed", body("Succeeded"), True, "ended in run 1, not 2", id="the change was overlooked"),
        pytest.param("changed", body("Succeeded"), False, None, id="too fast to be changed"),
    ],
)
def test_what_is_wrong(kind: str, found: dict[str, Any] | None, struck: bool, wrong: str | None) -> None:
    why = why_wrong(asked(kind), found, struck=struck)
    assert why is None if wrong is None else wrong in (why or "")


@pytest.mark.parametrize(("attempts", "visits", "wrong"), [(1, 1, False), (2, 2, False), (1, 0, False), (1, 2, True)])
def test_a_page_is_visited_once_per_attempt(attempts: int, visits: int, wrong: bool) -> None:
    assert (why_twice(asked("good"), attempts, visits) is not None) is wrong


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_request_names_one_source_of_its_own(kind: Kind) -> None:
    said = Asked("shot", "team", kind).spec("http://site")
    assert len({"url", "html"} & said.keys()) == 1
    assert "html" in said or "shot" in said["url"]
