"""The CRD's rules in CEL, judged as the API server judges them."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cel_expr_python import cel

from kubeshot_cli.schema import Schema

Broken = tuple[str, str]
"""The path of a value, and the message of the rule that it breaks."""


def broken_rules(value: Any, schema: Schema, path: str = "") -> Iterator[Broken]:
    """Yield what the value breaks of the schema's rules, from the outside in. The value fits the schema otherwise."""
    for rule in schema.get("x-kubernetes-validations", ()):
        # What is about a change says nothing of an object that is new.
        if "oldSelf" in rule["rule"]:
            continue
        # An error inside a rule breaks it too.
        if _expression(rule["rule"]).eval(data={"self": _typed(value, schema)}).plain_value() is not True:
            yield path, " ".join(rule["message"].split())
    for name, below in schema.get("properties", {}).items():
        if isinstance(value, dict) and name in value:
            yield from broken_rules(value[name], below, f"{path}.{name}" if path else name)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from broken_rules(item, schema["items"], f"{path}[{index}]")


def _typed(value: Any, schema: Schema) -> Any:
    """Return the value with CEL's types: 2 is a double where the schema says number."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return {name: _typed(item, properties.get(name, {})) for name, item in value.items()}
    if isinstance(value, list):
        return [_typed(item, schema.get("items", {})) for item in value]
    return float(value) if schema.get("type") == "number" else value


@cache
def _expression(rule: str) -> cel.Expression:
    return _environment().compile(rule)


@cache
def _environment() -> cel.Env:
    # Kubernetes' own functions, as far as the CRD calls them: k8s.io/apiserver/pkg/cel/library/urls.go, and cel-go's
    # strings. An url is its text here, since the type has no other use.
    text, logical = cel.Type.STRING, cel.Type.BOOL
    functions = [
        _function("isURL", logical, is_url, is_member=False),
        _function("url", text, str, is_member=False),
        _function("getScheme", text, lambda url: _split(url).scheme),
        _function("getHostname", text, lambda url: _split(url).hostname or ""),
        _function("lowerAscii", text, lambda given: given.lower()),
    ]
    return cel.NewEnv(variables={"self": cel.Type.DYN}, functions=functions)


def _function(
    name: str, result: cel.Type, of_text: Callable[[str], object], *, is_member: bool = True
) -> cel.FunctionDecl:
    overload = cel.Overload(name, return_type=result, parameters=[cel.Type.STRING], is_member=is_member, impl=of_text)
    return cel.FunctionDecl(name, [overload])


def is_url(text: str) -> bool:
    """Say what Go's `url.ParseRequestURI` would: whether this is an absolute URL, or an absolute path."""
    try:
        parts = _split(text)
        _ = parts.port
    except ValueError:
        return False
    if re.search(r"[\x00-\x1f\x7f]|%(?![0-9A-Fa-f]{2})", text.partition("?")[0]) or re.search(
        r'[ <>"\\^`{|}%]', parts.netloc
    ):
        return False
    return bool(parts.scheme) or text.startswith("/")


def _split(text: str) -> SplitResult:
    return urlsplit(text)
