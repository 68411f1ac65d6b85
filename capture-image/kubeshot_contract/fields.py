"""Typed access to decoded JSON: every value is checked, and a wrong one is named by its path."""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from kubeshot_contract.durations import parse_milliseconds

Choice = TypeVar("Choice", bound=StrEnum)
Item = TypeVar("Item")


class MalformedMessageError(ValueError):
    """A message does not have the agreed shape; the sender is broken, hostile, or of another version."""


def parse_message(text: str) -> "Fields":
    """Return the JSON object in this text; raise `MalformedMessageError` for anything else, however hostile."""
    try:
        return Fields(json.loads(text))
    except (ValueError, RecursionError) as error:
        # Besides bad syntax: an integer of more digits than Python converts, and brackets nested without an end.
        raise MalformedMessageError(f"the message is not JSON: {error}") from error


class Fields:
    """One JSON object and the path that led to it."""

    __slots__ = ("_path", "_values")

    def __init__(self, value: object, path: str = "") -> None:
        """Take a decoded JSON value; raise `MalformedMessageError` unless it is an object."""
        if not isinstance(value, Mapping):
            raise MalformedMessageError(f"{path or 'the message'} is not a JSON object")
        self._values: Mapping[str, object] = value
        self._path = path

    @property
    def path(self) -> str:
        """Where this object is, such as `spec.outputs[0]`; empty for the message itself."""
        return self._path

    def has(self, name: str) -> bool:
        """Say whether the field is there and not null."""
        return self._values.get(name) is not None

    def text(self, name: str, *, most: int = 1 << 20) -> str:
        """Return a string of at most `most` characters, all of which UTF-8 can hold (JSON can say lone surrogates)."""
        value = self._values.get(name)
        if not isinstance(value, str) or len(value) > most or not _is_unicode(value):
            raise self._wrong(name, f"a string of at most {most} characters")
        return value

    def optional_text(self, name: str, *, most: int = 1 << 20) -> str | None:
        """Return a string of at most `most` characters, or `None` when the field is absent or null."""
        return self.text(name, most=most) if self.has(name) else None

    def integer(self, name: str, *, least: int = 0, most: int = 1 << 53) -> int:
        """Return an integer in `least..most`; booleans are not integers."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._wrong(name, f"an integer from {least} to {most}")
        return value

    def optional_integer(self, name: str, *, least: int = 0, most: int = 1 << 53) -> int | None:
        """Return an integer in `least..most`, or `None` when the field is absent or null."""
        return self.integer(name, least=least, most=most) if self.has(name) else None

    def number(self, name: str, *, most: float = 1e15) -> float:
        """Return a number from `-most` to `most` as a float; NaN and Infinity, which Python reads, are refused."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            raise self._wrong(name, f"a number from {-most:g} to {most:g}")
        return float(value)

    def boolean(self, name: str) -> bool:
        """Return a boolean."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def milliseconds(self, name: str) -> int:
        """Return a duration such as `500ms` or `1m30s` in milliseconds."""
        try:
            return parse_milliseconds(self.text(name))
        except ValueError as error:
            raise self._wrong(name, "a duration, such as 500ms or 1m30s") from error

    def choice(self, name: str, kind: type[Choice]) -> Choice:
        """Return the member of `kind` that the field names."""
        try:
            return kind(self.text(name))
        except ValueError as error:
            raise self._wrong(name, f"one of {', '.join(kind)}") from error

    def optional_choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """Return the member of `kind` that the field names, or `None` when the field is absent or null."""
        return self.choice(name, kind) if self.has(name) else None

    def object(self, name: str) -> "Fields":
        """Return the nested object."""
        return Fields(self._values.get(name), self._at(name))

    def raw(self, name: str) -> Mapping[str, Any]:
        """Return the nested object as it was decoded, unread."""
        return self.object(name)._values

    def optional_object(self, name: str) -> "Fields | None":
        """Return the nested object, or `None` when the field is absent or null."""
        return self.object(name) if self.has(name) else None

    def texts(self, name: str) -> dict[str, str]:
        """Return a nested object whose values are all strings."""
        fields = self.object(name)
        return {key: fields.text(key) for key in fields._values}

    def items(self, name: str, parse: Callable[["Fields"], Item], *, most: int = 64) -> tuple[Item, ...]:
        """Return the objects of a list of at most `most`, each parsed."""
        value = self._values.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(name, f"a list of at most {most} objects")
        return tuple(parse(Fields(item, f"{self._at(name)}[{index}]")) for index, item in enumerate(value))

    def optional_items(self, name: str, parse: Callable[["Fields"], Item], *, most: int = 64) -> tuple[Item, ...]:
        """Return the parsed objects of a list of at most `most`; none when the field is absent or null."""
        return self.items(name, parse, most=most) if self.has(name) else ()

    def optional_strings(self, name: str, *, most: int = 64) -> tuple[str, ...]:
        """Return the strings of a list of at most `most`; none when the field is absent or null."""
        return tuple(listed.text(place) for listed, place in self._listed(name, most))

    def optional_choices(self, name: str, kind: type[Choice], *, most: int = 64) -> tuple[Choice, ...]:
        """Return the members of `kind` in a list of at most `most`; none when the field is absent or null."""
        return tuple(listed.choice(place, kind) for listed, place in self._listed(name, most))

    def _listed(self, name: str, most: int) -> Iterator[tuple["Fields", str]]:
        value = self._values.get(name)
        if value is None:
            return
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(name, f"a list of at most {most} strings")
        for index, item in enumerate(value):
            place = f"{name}[{index}]"
            yield Fields({place: item}, self._path), place

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _wrong(self, name: str, wanted: str) -> MalformedMessageError:
        return MalformedMessageError(f"{self._at(name)} is not {wanted}")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
