"""Keeps the values of Secrets out of everything that a capture says."""

import base64
import json
import string
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

CONCEALED = "[redacted]"

# A shorter value is found in every other word; hiding it would only say which letters it has.
SHORTEST = 4
# What follows the word Bearer, or Token, and can't be a word of its own.
SHORTEST_TOKEN = 8

# What browsers leave as it is in a URL's query (URL standard, query percent-encode set), with and without the quote.
_LEFT_IN_QUERIES = "".join(letter for letter in string.punctuation if letter not in "\"#<>'")


class Redaction:
    """Replaces known values in texts."""

    def __init__(self) -> None:
        """Know no value yet."""
        self._values: tuple[str, ...] = ()

    def hide(self, values: Iterable[str]) -> None:
        """Conceal these values from now on, in every spelling in which they could come back."""
        found = {form for value in values for part in _parts(value) for form in _forms(part)}
        kept = {form for form in found | set(self._values) if len(form) >= SHORTEST}
        # The longest first: one value may be a part of another.
        self._values = tuple(sorted(kept, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """Return the text without the values."""
        for value in self._values:
            text = text.replace(value, CONCEALED)
        return text


def _parts(value: str) -> Iterator[str]:
    """Yield the value, its lines, and the token behind a scheme: a page may show any of them alone."""
    yield value
    yield from (line.strip() for line in value.splitlines())
    scheme, _, token = value.strip().partition(" ")
    if scheme.isalpha() and len(token) >= SHORTEST_TOKEN:
        yield token.strip()


def _forms(part: str) -> Iterator[str]:
    """Yield the spellings of a text: as it is, in JSON, in a URL, and in Base64."""
    if len(part) < SHORTEST:
        return
    yield part
    yield from (json.dumps(part, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True))
    yield from (quote(part, safe=safe) for safe in ("", "/", _LEFT_IN_QUERIES, _LEFT_IN_QUERIES + "'"))
    yield quote_plus(part)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        # Without its padding it is a part of the form with it.
        yield encode(part.encode()).decode().rstrip("=")
