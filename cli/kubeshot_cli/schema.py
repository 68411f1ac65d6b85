"""The CRD's schema, for where no API server fills in its defaults."""

from copy import deepcopy
from importlib.resources import files
from typing import Any

import yaml

# In the repository a link to the CRD, in an installed package a copy of it.
_CRD = "screenshotrequests.yaml"

# The one in C takes 20 ms, the one in Python 170.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Schema = dict[str, Any]


def request_schema() -> Schema:
    """Return the schema of a ScreenshotRequest."""
    text = files("kubeshot_cli").joinpath(_CRD).read_text(encoding="utf-8")
    [version] = yaml.load(text, _LOADER)["spec"]["versions"]
    return dict(version["schema"]["openAPIV3Schema"])


def with_defaults(value: Any, schema: Schema) -> Any:
    """Return a copy with the schema's defaults filled in, as the API server does it: from the outside in."""
    if isinstance(value, dict):
        properties: dict[str, Schema] = schema.get("properties", {})
        defaults = {name: deepcopy(sub["default"]) for name, sub in properties.items() if "default" in sub}
        filled = {**value, **{name: default for name, default in defaults.items() if value.get(name) is None}}
        return {name: with_defaults(item, properties.get(name, {})) for name, item in filled.items()}
    if isinstance(value, list):
        return [with_defaults(item, schema.get("items", {})) for item in value]
    return value
