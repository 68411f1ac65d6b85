"""What the API server would refuse, found without one: by the CRD's schema, then by its rules."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from kubeshot_cli.cel_rules import broken_rules
from kubeshot_cli.schema import Schema, with_defaults

_NAME = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
_METADATA: Schema = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "maxLength": 253, "pattern": _NAME}},
}


def checked(request: Mapping[str, Any], schema: Schema) -> tuple[dict[str, Any], list[str]]:
    """Return the request with the schema's defaults filled in, and what is wrong with it, a sentence each.

    The rules are looked at only when there is nothing else wrong, for they rely on the schema.
    """
    filled: dict[str, Any] = with_defaults({**request, "metadata": request.get("metadata") or {}}, schema)
    closed = _closed(schema)
    closed["properties"]["metadata"] = _METADATA
    errors = sorted(_Validator(closed).iter_errors(filled), key=lambda error: error.json_path)
    sentences = dict.fromkeys(sentence for error in errors for sentence in _sentences(error))
    return filled, list(sentences) or [f"{path}: {message}" for path, message in broken_rules(filled, schema)]


def _closed(node: Any) -> Any:
    """Return the schema with unknown fields forbidden, as kubectl treats them."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    below = {name: _closed(child) for name, child in node.items()}
    return below | {"additionalProperties": False} if isinstance(node.get("properties"), dict) else below


def _check_list_type(_: object, kind: str, items: object, schema: Schema) -> Iterator[ValidationError]:
    """A set holds each item once, a map each combination of its keys."""
    if not isinstance(items, list) or kind == "atomic":
        return
    keys = schema.get("x-kubernetes-list-map-keys")
    seen: list[Any] = []
    for index, item in enumerate(items):
        mark = [item.get(key) for key in keys] if keys and isinstance(item, dict) else item
        if mark in seen:
            shown = ", ".join(map(str, mark)) if isinstance(mark, list) else mark
            yield ValidationError(f"stands twice: {shown}", path=[index], validator="x-kubernetes-list-type")
        seen.append(mark)


_Validator: type[Draft7Validator] = extend(  # type: ignore[no-untyped-call]
    Draft7Validator, {"x-kubernetes-list-type": _check_list_type}
)

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object with fields",
}

_SENTENCES: Mapping[str, Callable[[Any, Any], str]] = {
    "type": lambda wanted, given: f"must be {_TYPES[wanted]}, not {_shown(given)}",
    "enum": lambda words, given: f"is {_shown(given)}, and must be one of {', '.join(words)}",
    "minimum": lambda least, given: f"is {given}, and must be at least {least}",
    "maximum": lambda most, given: f"is {given}, and must be at most {most}",
    "minLength": lambda least, given: "must not be empty" if least == 1 else f"must have at least {least} characters",
    "maxLength": lambda most, given: f"has {len(given)} characters, and may have {most}",
    "minItems": lambda least, given: f"must have at least {least} items",
    "maxItems": lambda most, given: f"has {len(given)} items, and may have {most}",
    "minProperties": lambda least, given: f"must have at least {least} fields",
    "pattern": lambda pattern, given: f"is {_shown(given)}, and must match {pattern}",
}


def _sentences(error: ValidationError) -> Iterator[str]:
    path = error.json_path.removeprefix("$").removeprefix(".")
    wanted: Any = error.validator_value
    given: Any = error.instance
    match error.validator:
        case "required":
            # One error for each of them, which doesn't say for which.
            yield from (f"{_join(path, name)} is missing" for name in wanted if name not in given)
        case "additionalProperties" if isinstance(error.schema, Mapping):
            yield from _unknown(path, error.schema["properties"], given)
        case str(kind) if kind in _SENTENCES:
            yield f"{path} {_SENTENCES[kind](wanted, given)}"
        case _:
            yield f"{path} {error.message}"


def _unknown(path: str, known: Any, given: Any) -> Iterator[str]:
    for name in sorted(set(given) - set(known)):
        alike = [each for each in known if each.lower() == name.lower()] or get_close_matches(name, known, n=1)
        yield f"{_join(path, name)} is not a field of a ScreenshotRequest" + (f": is it {alike[0]}?" if alike else "")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value) if isinstance(value, str | list | dict) else str(value).lower()
    return text if len(text) <= 60 else f"{text[:57]}..."
