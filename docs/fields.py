"""Writes docs/fields.md from the CRDs: `python docs/fields.py`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
DOCUMENT = HERE / "fields.md"
CRDS = ("screenshotrequests", "captureclasses")

Schema = Mapping[str, Any]
Absent = Mapping[str, str]
"""What it means that a field is not there, by its path."""

_HEAD = """# Fields

Made from `crds/` by `make docs`; do not edit. `kubectl explain shot.spec` says the same on a cluster;
[options.md](options.md) names the test that proves a field.
"""
_SPEC_HEAD = "| field | type | when absent | bounds | meaning |\n|---|---|---|---|---|\n"
_STATUS_HEAD = "| field | type | meaning |\n|---|---|---|\n"

_TYPES = {"string": "text"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its path, such as `spec.outputs[].name`."""

    path: str
    schema: Schema
    required: bool


def document() -> str:
    """Return the text of the document."""
    absent = yaml.safe_load((HERE / "absent.yaml").read_text(encoding="utf-8"))
    return _HEAD + "".join(_kind(plural, absent[plural]) for plural in CRDS)


def fields(path: str, schema: Schema) -> Iterator[Field]:
    """Yield the fields below a place, each followed by those below it."""
    for name, below in schema.get("properties", {}).items():
        yield Field(f"{path}.{name}", below, name in schema.get("required", ()))
        yield from fields(f"{path}.{name}", below)
    if "items" in schema:
        yield from fields(f"{path}[]", schema["items"])


def _kind(plural: str, absent: Absent) -> str:
    crd = yaml.safe_load((HERE.parent / "crds" / f"{plural}.yaml").read_text(encoding="utf-8"))
    [version] = crd["spec"]["versions"]
    schema = version["schema"]["openAPIV3Schema"]
    head = f"\n## {crd['spec']['names']['kind']}\n\n{schema['description']}\n"
    status = schema["properties"].get("status")
    return head + "".join(_spec_sections(schema["properties"]["spec"], absent)) + (_status(status) if status else "")


def _spec_sections(spec: Schema, absent: Absent) -> Iterator[str]:
    """Yield the section of single fields, then one for each group of fields."""
    groups = {name: below for name, below in spec["properties"].items() if _is_group(below)}
    single = {name: below for name, below in spec["properties"].items() if name not in groups}
    yield _spec_section("spec", {**spec, "properties": single}, absent)
    for name, group in groups.items():
        yield _spec_section(f"spec.{name}", group, absent)


def _is_group(schema: Schema) -> bool:
    return len(schema.get("items", schema).get("properties", {})) > 1


def _spec_section(path: str, schema: Schema, absent: Absent) -> str:
    group = Field(path, schema, required=False)
    told = [
        _meaning(group),
        *_sentence("A list of", _bounds(schema)),
        *_sentence("When absent:", _when_absent(group, {})),
    ]
    rows = "".join(
        _row(
            f"`{field.path}`", _type(field.schema), _when_absent(field, absent), _bounds(field.schema), _meaning(field)
        )
        for field in fields(path, schema)
    )
    refused = "".join(f"* `{place}`: {_escaped(message)}\n" for place, message in _rules(path, schema))
    rules = f"\nRefused, in these words:\n\n{refused}" if refused else ""
    table = f"\n{_SPEC_HEAD}{rows}" if rows else ""
    return f"\n### `{path}`\n\n{' '.join(told)}\n{table}{rules}"


def _sentence(begin: str, end: str) -> Iterator[str]:
    if end:
        yield f"{begin} {end}."


def _status(status: Schema) -> str:
    rows = "".join(_row(f"`{field.path}`", _type(field.schema), _meaning(field)) for field in fields("status", status))
    return f"\n### `status`\n\n{status['description']}\n\n{_STATUS_HEAD}{rows}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if schema.get("type") == "array":
        items = _type(schema["items"])
        return f"list of {items}" + ("s" if items in ("text", "object") else "")
    if "additionalProperties" in schema:
        return "texts by name"
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or text"
    return "time" if schema.get("format") == "date-time" else str(_TYPES.get(schema["type"], schema["type"]))


def _when_absent(field: Field, absent: Absent) -> str:
    if field.required:
        return "refused"
    default = field.schema.get("default")
    # A group's empty default stands for the defaults of its fields.
    return absent.get(field.path, "") if default in (None, {}) else f"`{json.dumps(default)}`".replace('"', "")


def _bounds(schema: Schema) -> str:
    spans = (
        _span(schema, "minimum", "maximum", ""),
        _span(schema, "minLength", "maxLength", " characters"),
        _span(schema, "minItems", "maxItems", " items"),
        _span(schema, "minProperties", "maxProperties", " entries"),
        _each(schema),
        f"`{schema['pattern']}`" if "pattern" in schema else "",
    )
    return ", ".join(span for span in spans if span)


def _span(schema: Schema, least: str, most: str, unit: str) -> str:
    match schema.get(least), schema.get(most):
        case None, None:
            return ""
        case None, high:
            return f"at most {high}{unit}"
        case low, None:
            return f"at least {low}{unit}"
        case low, high:
            return f"{low} to {high}{unit}"
    return ""


def _each(schema: Schema) -> str:
    items = schema.get("items", {})
    return f"each {_bounds(items)}" if items.get("type") == "string" and "enum" not in items else ""


def _meaning(field: Field) -> str:
    return _escaped(" ".join(field.schema["description"].split()))


def _escaped(text: str) -> str:
    return text.replace("*", "\\*")


def _rules(path: str, schema: Schema) -> Iterator[tuple[str, str]]:
    for rule in schema.get("x-kubernetes-validations", ()):
        yield path, " ".join(rule["message"].split())
    for name, below in schema.get("properties", {}).items():
        yield from _rules(f"{path}.{name}", below)
    if "items" in schema:
        yield from _rules(f"{path}[]", schema["items"])


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
