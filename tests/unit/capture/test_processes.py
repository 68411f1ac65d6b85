"""Whose child every process is, however the system tells it."""

import os
from pathlib import Path

import pytest

from kubeshot_capture.processes import PROC, descendants, parents


@pytest.mark.parametrize("proc", [PROC, Path("/no/procfs/here")], ids=["procfs", "ps"])
def test_this_process_has_its_parent(proc: Path) -> None:
    assert parents(proc)[os.getpid()] == os.getppid()


def test_children_of_children_are_descendants() -> None:
    tree = {1: 0, 2: 1, 3: 2, 4: 2, 5: 1, 6: 9}
    assert sorted(descendants(tree, 2)) == [3, 4]
    assert sorted(descendants(tree, 1)) == [2, 3, 4, 5]
