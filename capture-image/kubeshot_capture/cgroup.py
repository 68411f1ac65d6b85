"""What the kernel counted for this container's memory, in control groups of version 1 and 2."""

from pathlib import Path

CGROUP_ROOT = Path("/sys/fs/cgroup")

_PEAK_FILES = ("memory.peak", "memory/memory.max_usage_in_bytes")
_EVENT_FILES = ("memory.events", "memory/memory.oom_control")
_LIMIT_FILES = ("memory.max", "memory/memory.limit_in_bytes")
_USAGE_FILES = ("memory.current", "memory/memory.usage_in_bytes")
_STATISTICS_FILES = ("memory.stat", "memory/memory.stat")

# Version 1 has no word for "no limit": it gives the largest number of pages there is.
_NO_LIMIT = 1 << 60


def peak_memory(root: Path = CGROUP_ROOT) -> int | None:
    """Return the most memory the container ever used, in bytes; `None` where the kernel doesn't say."""
    return _number(root, _PEAK_FILES)


def oom_kills(root: Path = CGROUP_ROOT) -> int:
    """Return how many processes the kernel has killed for the container's memory limit; zero when it doesn't say."""
    lines = (_first_text(root, _EVENT_FILES) or "").splitlines()
    return _counted(lines, "oom_kill")


def memory_limit(root: Path = CGROUP_ROOT) -> int | None:
    """Return the container's memory limit in bytes; `None` where there is none."""
    limit = _number(root, _LIMIT_FILES)
    return None if limit is None or limit >= _NO_LIMIT else limit


def memory_in_use(root: Path = CGROUP_ROOT) -> int | None:
    """Return the bytes that the kernel can't take back without killing anything; `None` when it doesn't say.

    That is less than what the kubelet calls the working set: a browser's own program is a file that was read lately.
    """
    used = _number(root, _USAGE_FILES)
    lines = (_first_text(root, _STATISTICS_FILES) or "").splitlines()
    # Version 1 counts groups inside of this one in its totals only, version 2 always.
    prefix = "total_" if any(line.startswith("total_") for line in lines) else ""
    files = sum(_counted(lines, f"{prefix}{kind}_file") for kind in ("active", "inactive"))
    return None if used is None else max(0, used - files)


def share_in_use(limit: int | None, root: Path = CGROUP_ROOT) -> float:
    """Return how much of its memory limit the container uses, from 0 to 1; zero where one of both is unknown."""
    used = memory_in_use(root) if limit else None
    return used / limit if used and limit else 0.0


def _number(root: Path, names: tuple[str, ...]) -> int | None:
    text = _first_text(root, names)
    return int(text) if text and text.strip().isdigit() else None


def _counted(lines: list[str], name: str) -> int:
    return int(next((line.split()[1] for line in lines if line.startswith(f"{name} ")), "0"))


def _first_text(root: Path, names: tuple[str, ...]) -> str | None:
    for name in names:
        try:
            return (root / name).read_text()
        except OSError:
            continue
    return None
