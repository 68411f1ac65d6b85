"""Lists the processes of the browser: the ids of those that draw pages, or of all."""

import json
import sys
from pathlib import Path


def is_of_browser(folder: Path, words: bytes) -> bool:
    """Say whether a process is the browser's, and has these words in its command line."""
    try:
        return (folder / "comm").read_text().startswith("chrom") and words in (folder / "cmdline").read_bytes()
    except OSError:
        # It has ended since.
        return False


def main() -> None:
    """Asked for "renderer" it lists those, asked for "" all."""
    kind = str(json.load(sys.stdin))
    words = f"--type={kind}".encode() if kind else b""
    print(json.dumps([int(folder.name) for folder in Path("/proc").glob("[0-9]*") if is_of_browser(folder, words)]))


if __name__ == "__main__":
    main()
