"""Memory as the kernel counts it, in both versions of control groups."""

from pathlib import Path

import pytest

from kubeshot_capture.cgroup import oom_kills, peak_memory

V1_OOM = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"
V2_EVENTS = "low 0\nhigh 0\nmax 12\noom 2\noom_kill 3\noom_group_kill 0\n"


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(text)


@pytest.mark.parametrize("name", ["memory.peak", "memory/memory.max_usage_in_bytes"])
def test_the_peak_is_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "314572800\n")
    assert peak_memory(tmp_path) == 314572800


@pytest.mark.parametrize(("name", "text"), [("memory.events", V2_EVENTS), ("memory/memory.oom_control", V1_OOM)])
def test_kills_are_counted(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, name, text)
    assert oom_kills(tmp_path) == 3


def test_a_kernel_that_says_nothing_gives_nothing(tmp_path: Path) -> None:
    assert peak_memory(tmp_path) is None
    assert oom_kills(tmp_path) == 0
