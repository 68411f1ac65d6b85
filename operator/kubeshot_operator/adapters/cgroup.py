"""How much memory the container may have, by its control group."""

from pathlib import Path

MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")


def read_memory_limit(file: Path = MEMORY_LIMIT) -> int | None:
    """Return the limit in bytes; `None` when there is none, or no control group of version 2."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
