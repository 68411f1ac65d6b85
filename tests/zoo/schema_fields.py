"""The fields that a request has for its page, as paths below spec."""

from collections.abc import Iterator
from typing import Any

from kubeshot_cli.schema import request_schema
from kubeshot_contract.parse_spec import PAGE_FIELDS

Schema = dict[str, Any]


def page_fields() -> list[str]:
    """Return the path of each field that holds a value, such as `outputs[].clip.x`, in the order of the schema."""
    spec = request_schema()["properties"]["spec"]["properties"]
    return [path for name in spec if name in PAGE_FIELDS for path in _leaves(name, spec[name])]


def _leaves(path: str, schema: Schema) -> Iterator[str]:
    if "properties" in schema:
        for name, below in schema["properties"].items():
            yield from _leaves(f"{path}.{name}", below)
    elif "items" in schema:
        yield from _leaves(f"{path}[]", schema["items"])
    else:
        yield path
