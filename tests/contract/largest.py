"""A spec at least as large as any that the CRD lets through, of letters that no compression makes small."""

import json
import random
from typing import Any

from contract.schemas import schema
from kubeshot_contract.parse_spec import PAGE_FIELDS

# Of these fields an object may have one only.
ALTERNATIVES = (
    {"click", "type", "press", "hover", "select", "scroll", "wait", "evaluate"},
    {"value", "valueFrom"},
    {"device", "viewport"},
)
PRINTABLE = (" ", "~")
BEYOND_16_BITS = ("\U00010000", "\U0002ffff")


def largest_page() -> dict[str, Any]:
    """Return the page's part of a spec, every text and list as long as may be. It has a url and an html at once."""
    spec = schema("screenshotrequests")["properties"]["spec"]["properties"]
    chance = random.Random(1)
    page = _largest({"type": "object", "properties": {name: spec[name] for name in PAGE_FIELDS}}, chance)
    return dict(page)


def _largest(node: dict[str, Any], chance: random.Random) -> Any:
    match node["type"]:
        case "object":
            return _one_of({name: _largest(child, chance) for name, child in node["properties"].items()})
        case "array":
            return [_largest(node["items"], chance) for _ in range(node["maxItems"])]
        case "string":
            return max(node["enum"], key=len) if "enum" in node else _text(node, chance)
        case "boolean":
            return False
        case _:
            return node["maximum"]


def _one_of(fields: dict[str, Any]) -> dict[str, Any]:
    for names in ALTERNATIVES:
        if names <= fields.keys():
            kept = max(names, key=lambda name: len(json.dumps(fields[name], ensure_ascii=False).encode()))
            fields = {name: value for name, value in fields.items() if name == kept or name not in names}
    return fields


def _text(node: dict[str, Any], chance: random.Random) -> str:
    # Every rule about a text's own letters leaves printable ASCII at most; that of html counts bytes.
    is_ruled = node.keys() & {"pattern", "x-kubernetes-validations"}
    first, last = PRINTABLE if is_ruled else BEYOND_16_BITS
    return "".join(chr(chance.randint(ord(first), ord(last))) for _ in range(node["maxLength"]))
