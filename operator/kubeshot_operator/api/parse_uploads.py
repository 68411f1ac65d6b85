"""The keys under which runs may have stored something, as the status tells them, from raw to value and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from kubeshot_operator.api.bucket import RunKeys
from kubeshot_operator.api.scalars import format_instant, parse_time

Raw = Mapping[str, Any]


def parse_uploads(raw: Iterable[Raw]) -> tuple[RunKeys, ...]:
    """Return the keys of each run."""
    return tuple(
        RunKeys(
            run=item["run"],
            class_name=item["captureClassName"],
            keys=tuple(item["keys"]),
            until=parse_time(item["until"]) if "until" in item else None,
        )
        for item in raw
    )


def render_uploads(uploads: Iterable[RunKeys]) -> list[dict[str, Any]]:
    """Return the keys of each run as the API server stores them."""
    return [
        {
            "run": item.run,
            "captureClassName": item.class_name,
            "keys": list(item.keys),
            **({} if item.until is None else {"until": format_instant(item.until)}),
        }
        for item in uploads
    ]
