"""A status as the API server has it: how it is kept, and what has to be written to change it."""

from collections.abc import Mapping
from typing import Any

import orjson

Raw = Mapping[str, Any]


def pack_status(raw: Raw) -> str:
    """Return a raw status as what is kept of it: less than a third of the memory of its parts."""
    # The bytes that orjson returns take 4 KiB, however few they are.
    return orjson.dumps(raw).decode()


def unpack_status(packed: str) -> dict[str, Any]:
    """Return the raw status that was packed."""
    unpacked: dict[str, Any] = orjson.loads(packed)
    return unpacked


def merge_patch(old: Raw, new: Raw) -> dict[str, Any]:
    """Return the JSON merge patch (RFC 7396) that turns `old` into `new`; empty when they are the same."""
    patch: dict[str, Any] = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if before == value:
            continue
        patch[name] = merge_patch(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return patch
