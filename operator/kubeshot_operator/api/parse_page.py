"""The page of a spec. Thousands of requests differ in its source only: all else of them is read and kept once."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import orjson

from kubeshot_contract.parse_spec import PAGE_FIELDS, SOURCE_FIELDS, parse_source, parse_spec
from kubeshot_contract.spec import CaptureSpec

Raw = Mapping[str, Any]

_BLANK: dict[str, Any] = {"html": ""}
# How many ways of taking a picture are kept; the largest has some 200 kB.
_KEPT = 64


def parse_page(spec: Raw) -> CaptureSpec:
    """Return what a spec says of its page; raise as `kubeshot_contract.parse_spec` does."""
    source = {name: spec[name] for name in SOURCE_FIELDS if name in spec}
    rest = {name: spec[name] for name in PAGE_FIELDS if name in spec and name not in source}
    blank = _blank_page(orjson.dumps(rest))
    return replace(blank, source=parse_source(source), raw={**source, **blank.raw})


@lru_cache(maxsize=_KEPT)
def _blank_page(rest: bytes) -> CaptureSpec:
    """Return what these fields say of a page without content."""
    fields = orjson.loads(rest)
    return replace(parse_spec({**fields, **_BLANK}), raw=fields)
