"""The table of a run, from its figures."""

import json
from pathlib import Path

import pytest

from scale.ledger import ROWS, Ledger, document

MACHINE = "Measured on paper."


def test_figures_are_kept_as_soon_as_they_are_noted(tmp_path: Path) -> None:
    file = tmp_path / "out" / "scale.json"
    ledger = Ledger(file)
    ledger.note(requests=10)
    ledger.note(cpu_ms=5.5)
    assert json.loads(file.read_text()) == {"requests": 10, "cpu_ms": 5.5}


def test_figures_without_a_file_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    Ledger(None).note(memory_idle=70 * 2**20)
    assert "memory, idle: 70 MiB" in capsys.readouterr().out


def test_a_figure_that_no_row_shows_is_refused() -> None:
    with pytest.raises(KeyError, match="memory_lost"):
        Ledger(None).note(memory_lost=1)


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        pytest.param(5.96, "| operator CPU per capture, ms | 6.0 | at most 6 |\n", id="held"),
        pytest.param(30.9, "| operator CPU per capture, ms | 30.9 | **at most 6: missed** |\n", id="missed"),
    ],
)
def test_the_table_says_what_is_held(figure: float, line: str) -> None:
    assert line in document({"cpu_ms": figure}, MACHINE)


def test_what_was_not_measured_is_said() -> None:
    assert document({}, MACHINE).count("not measured") == len(ROWS)


def test_each_row_has_a_figure_of_its_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
