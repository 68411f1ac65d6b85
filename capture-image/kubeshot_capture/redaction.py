"""Keeps the values of Secrets out of everything that a capture says."""

import json
from collections.abc import Iterable

CONCEALED = "[redacted]"

# A shorter value is found in every other word; hiding it would only say which letters it has.
SHORTEST = 4


class Redaction:
    """Replaces known values in texts."""

    def __init__(self) -> None:
        """Know no value yet."""
        self._values: tuple[str, ...] = ()

    def hide(self, values: Iterable[str]) -> None:
        """Conceal these values from now on, and the lines of those that have several."""
        lines = {part.strip() for value in values for part in (value, *value.splitlines())}
        found = lines | {json.dumps(line, ensure_ascii=False)[1:-1] for line in lines}
        kept = {part for part in found | set(self._values) if len(part) >= SHORTEST}
        # The longest first: one value may be a part of another.
        self._values = tuple(sorted(kept, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """Return the text without the values."""
        for value in self._values:
            text = text.replace(value, CONCEALED)
        return text
