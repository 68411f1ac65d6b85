"""The table of what was done, from outcomes."""

from pathlib import Path

import pytest

from chaos.catalogue import NAMES, faults
from chaos.faults.kills import PER_SCENE, POINTS, points_of
from chaos.ledger import Ledger, Outcome, code_of, document
from chaos.rules import Moment

KILLED, CUT = "operator killed", "watches cut"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A ledger with nothing in it."""
    return Ledger(tmp_path / "out" / "chaos.jsonl", "code")


def test_what_was_noted_is_summed_up_by_fault(ledger: Ledger) -> None:
    ledger.note(Outcome(CUT, 1, 9, {"": 3}))
    ledger.note(Outcome(CUT, 2, 9, {"": 4}, ("one", "two"), ("three",), ("a", "b", "c"), {"ended": 1.5}))
    assert f"| {CUT} | 2 | 7 | 18 | 2 | 1 | 3 |\n" in document(ledger.read())
    assert "| **all** | 2 | 7 | 18 | 2 | 1 | 3 |\n" in document(ledger.read())


def test_of_a_scene_that_was_played_again_the_last_time_counts(ledger: Ledger) -> None:
    ledger.note(Outcome(CUT, 1, 9, {"": 3}, ("one",)))
    ledger.note(Outcome(CUT, 1, 9, {"": 5}))
    assert f"| {CUT} | 1 | 5 | 9 | 0 | 0 | 0 |\n" in document(ledger.read())


@pytest.mark.parametrize(
    ("outcome", "has"),
    [
        pytest.param(Outcome(CUT, 1, 9), True, id="good"),
        pytest.param(Outcome(CUT, 2, 9), False, id="of another seed"),
        pytest.param(Outcome(KILLED, 1, 9), False, id="of another fault"),
        pytest.param(Outcome(CUT, 1, 9, left=("a pod",)), False, id="not good"),
    ],
)
def test_a_scene_that_was_good_need_not_be_played_again(ledger: Ledger, outcome: Outcome, has: bool) -> None:
    assert not ledger.has(CUT, 1)
    ledger.note(outcome)
    assert ledger.has(CUT, 1) is has


def test_scenes_of_other_code_are_passed_over(ledger: Ledger) -> None:
    Ledger(ledger.file, "older").note(Outcome(CUT, 1, 9))
    assert ledger.read() == []


def test_code_is_what_is_on_trial(tmp_path: Path) -> None:
    for folder in ("operator", "capture-image", "crds", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "operator" / "pass.py").write_text("1")
    before = code_of(tmp_path)
    (tmp_path / "tests" / "test.py").write_text("1")
    (tmp_path / "operator" / "pass.pyc").write_text("1")
    assert code_of(tmp_path) == before
    (tmp_path / "operator" / "pass.py").write_text("2")
    assert code_of(tmp_path) != before


def test_each_point_of_a_kill_has_its_count() -> None:
    text = document([Outcome(KILLED, 1, 9, {"before create pods": 1, "after claim": 2})])
    assert "| `create pods` | 1 | 0 |\n" in text
    assert "| `claim` | 0 | 2 |\n" in text


def test_six_seeds_meet_all_points() -> None:
    met = {point for seed in range(1, 1 + len(POINTS) // PER_SCENE) for point in points_of(seed)}
    assert met == set(POINTS)


def test_a_seed_meets_both_sides() -> None:
    assert {point.moment for point in points_of(1)} == set(Moment)


def test_faults_have_names_of_their_own() -> None:
    assert len(set(NAMES)) == len(faults(1)) == len(NAMES)
