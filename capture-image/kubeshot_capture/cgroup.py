"""What the kernel counted for this container's memory, in control groups of version 1 and 2."""

from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")

_PEAK_FILES = ("memory.peak", "memory/memory.max_usage_in_bytes")
_EVENT_FILES = ("memory.events", "memory/memory.oom_control")


def peak_memory(root: Path = CGROUP_ROOT) -> int | None:
    """Return the most memory the container ever used, in bytes; `None` where the kernel doesn't say."""
    text = _first_text(root, _PEAK_FILES)
    return int(text) if text and text.strip().isdigit() else None


def oom_kills(root: Path = CGROUP_ROOT) -> int:
    """Return how many processes the kernel has killed for the container's memory limit; zero when it doesn't say."""
    lines = (_first_text(root, _EVENT_FILES) or "").splitlines()
    counts = (line.split()[1] for line in lines if line.startswith("oom_kill "))
    return int(next(counts, "0"))


def _first_text(root: Path, names: tuple[str, ...]) -> str | None:
    for name in names:
        try:
            return (root / name).read_text()
        except OSError:
            continue
    return None
