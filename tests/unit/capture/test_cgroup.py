"""Memory as the kernel counts it, in both versions of control groups."""

from pathlib import Path

import pytest

from kubeshot_capture.cgroup import memory_in_use, memory_limit, oom_kills, peak_memory, share_in_use

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


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("memory.max", "805306368\n", 805306368, id="version 2"),
        pytest.param("memory.max", "max\n", None, id="version 2 without a limit"),
        pytest.param("memory/memory.limit_in_bytes", "805306368\n", 805306368, id="version 1"),
        pytest.param("memory/memory.limit_in_bytes", "9223372036854771712\n", None, id="version 1 without a limit"),
    ],
)
def test_the_limit_is_read(tmp_path: Path, name: str, text: str, expected: int | None) -> None:
    write(tmp_path, name, text)
    assert memory_limit(tmp_path) == expected


@pytest.mark.parametrize(
    ("usage", "statistics", "prefix"),
    [
        pytest.param("memory.current", "memory.stat", "", id="version 2"),
        pytest.param("memory/memory.usage_in_bytes", "memory/memory.stat", "total_", id="version 1"),
    ],
)
def test_files_that_were_read_are_not_in_use(tmp_path: Path, usage: str, statistics: str, prefix: str) -> None:
    write(tmp_path, usage, "1000\n")
    write(tmp_path, statistics, f"anon 500\n{prefix}inactive_file 300\n{prefix}active_file 100\n")
    assert memory_in_use(tmp_path) == 600
    assert share_in_use(1200, tmp_path) == 0.5


def test_a_container_without_a_limit_uses_no_share_of_it(tmp_path: Path) -> None:
    write(tmp_path, "memory.current", "1000\n")
    assert share_in_use(None, tmp_path) == 0.0
