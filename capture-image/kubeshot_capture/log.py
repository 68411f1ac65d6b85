"""The log: one JSON object per line on standard error, unless the program wants it told in another way."""

import json
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

Tell = Callable[[str, Mapping[str, object]], str]
"""Makes a line of an event and its facts; an empty one is not written."""


def write(event: str, **facts: object) -> None:
    """Write one line of the event and its facts."""
    if line := _tell(event, {**_subject.get(), **facts}):
        print(_clean(line), file=sys.stderr, flush=True)


def clean_with(clean: Callable[[str], str]) -> None:
    """Pass every line through this function from now on."""
    global _clean
    _clean = clean


def tell_with(tell: Tell) -> None:
    """Write lines as this function makes them from now on."""
    global _tell
    _tell = tell


def speak_of(**facts: object) -> None:
    """Add these facts to every line that this task writes from now on, and to those of tasks that it starts."""
    _subject.set(facts)


def _unchanged(text: str) -> str:
    return text


def _json(event: str, facts: Mapping[str, object]) -> str:
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
    return json.dumps(line, ensure_ascii=False, default=str)


_subject: ContextVar[Mapping[str, object]] = ContextVar("subject", default=MappingProxyType({}))
_clean: Callable[[str], str] = _unchanged
_tell: Tell = _json
