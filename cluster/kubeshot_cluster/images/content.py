"""Hashes what an image is made of, whatever version control says."""

import hashlib
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

# What Python leaves beside its sources says nothing about them.
IGNORED = ("__pycache__", ".pyc", ".egg-info")


def digest(context: Path, patterns: Iterable[str], texts: Iterable[str]) -> str:
    """Hash these texts and the files the patterns match: names, modes and contents, independent of times and order."""
    hashed = hashlib.sha256()
    for text in texts:
        hashed.update(text.encode() + b"\0")
    for file in sorted(set(_files(context, patterns))):
        hashed.update(str(file.relative_to(context)).encode() + b"\0" + _content(file) + b"\0")
    return hashed.hexdigest()


def _files(context: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        relative = pattern.strip("/")
        for path in context.glob(relative) if relative not in ("", ".") else [context]:
            yield from (file for file in [path, *path.rglob("*")] if _counts(file.relative_to(context)))


def _counts(path: Path) -> bool:
    return not any(part.endswith(IGNORED) for part in path.parts)


def _content(file: Path) -> bytes:
    if file.is_symlink():
        return b"link " + str(file.readlink()).encode()
    if not file.is_file():
        return b"folder"
    executable = bool(file.stat().st_mode & stat.S_IXUSR)
    return f"file {executable} ".encode() + hashlib.sha256(file.read_bytes()).digest()
