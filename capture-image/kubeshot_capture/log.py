"""The log: one JSON object per line on standard error."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime


def write(event: str, **facts: object) -> None:
    """Write one line with the time, the event and its facts."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
    print(_clean(json.dumps(line, ensure_ascii=False, default=str)), file=sys.stderr, flush=True)


def clean_with(clean: Callable[[str], str]) -> None:
    """Pass every line through this function from now on."""
    global _clean  # noqa: PLW0603 -- there is one standard error, and its lines come from everywhere
    _clean = clean


def _unchanged(text: str) -> str:
    return text


_clean: Callable[[str], str] = _unchanged
