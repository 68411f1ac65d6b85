"""Reads what a Dockerfile takes from its context and what it is built upon."""

import json
import re
from collections.abc import Iterator


def base_images(text: str) -> list[str]:
    """Return the images after FROM, without the names of earlier stages."""
    stages: set[str] = set()
    found = []
    for instruction, rest in _instructions(text):
        if instruction == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            if words[0] not in stages:
                found.append(words[0])
            stages.update(words[2:3])
    return found


def copied_paths(text: str) -> list[str]:
    """Return the sources of COPY and ADD that come from the context, as patterns relative to it."""
    found: list[str] = []
    for instruction, rest in _instructions(text):
        if instruction in ("COPY", "ADD") and "--from=" not in rest:
            found.extend(_sources(rest))
    return found


def _sources(rest: str) -> list[str]:
    plain = re.sub(r"^(--\S+\s+)*", "", rest)
    words = json.loads(plain) if plain.startswith("[") else plain.split()
    return [str(word) for word in words[:-1] if "://" not in str(word)]


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction in capitals with the rest of its line; continued lines are joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\s*\n", " ", "\n".join(lines)).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        yield instruction.upper(), rest.strip()
