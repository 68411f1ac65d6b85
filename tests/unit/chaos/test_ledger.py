"""The table of what was done, from outcomes."""

from pathlib import Path

from chaos.catalogue import NAMES, faults
from chaos.faults.kills import PER_SCENE, POINTS, points_of
from chaos.ledger import Outcome, document, note, read
from chaos.rules import Moment

KILLED, CUT = "operator killed", "watches cut"


def test_what_was_noted_is_summed_up_by_fault(tmp_path: Path) -> None:
    file = tmp_path / "out" / "chaos.jsonl"
    note(Outcome(CUT, 1, 9, {"": 3}), file)
    note(Outcome(CUT, 2, 9, {"": 4}, ("one", "two"), ("three",)), file)
    assert f"| {CUT} | 2 | 7 | 18 | 2 | 1 |\n" in document(read(file))
    assert "| **all** | 2 | 7 | 18 | 2 | 1 |\n" in document(read(file))


def test_of_a_scene_that_was_played_again_the_last_time_counts(tmp_path: Path) -> None:
    file = tmp_path / "chaos.jsonl"
    note(Outcome(CUT, 1, 9, {"": 3}, ("one",)), file)
    note(Outcome(CUT, 1, 9, {"": 5}), file)
    assert f"| {CUT} | 1 | 5 | 9 | 0 | 0 |\n" in document(read(file))


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
