"""A soak is written down as it goes, and read again."""

from pathlib import Path

from soak.sample import note, read
from unit.soak.test_verdict import soak


def test_what_was_written_down_is_read(tmp_path: Path) -> None:
    whole = soak(minutes=2)
    file = tmp_path / "out" / "soak.jsonl"
    for sample in whole.samples:
        note(sample, file)
    note(whole.ending, file)
    assert read(file) == whole
