"""What the API server wrote down of the operator's calls."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BEGIN = b'{"kind":"Event","apiVersion":"audit.k8s.io/v1"'


@dataclass(frozen=True, slots=True)
class Call:
    """One call: API group, resource with its subresource, verb, namespace, and whether it was let through."""

    group: str
    resource: str
    verb: str
    namespace: str
    allowed: bool

    @property
    def permission(self) -> tuple[str, str, str]:
        """What had to be granted for it."""
        return self.group, self.resource, self.verb


def calls_in(log: Path) -> Iterator[Call]:
    """Yield the calls about objects in a log of the API server, which has other lines as well."""
    with log.open("rb") as lines:
        for line in lines:
            if line.startswith(_BEGIN) and (call := _call(json.loads(line))) is not None:
                yield call


def _call(event: dict[str, Any]) -> Call | None:
    if (reference := event.get("objectRef")) is None:
        return None
    resource = "/".join(filter(None, (reference["resource"], reference.get("subresource"))))
    decision = event.get("annotations", {}).get("authorization.k8s.io/decision")
    return Call(
        group=reference.get("apiGroup", ""),
        resource=resource,
        verb=event["verb"],
        namespace=reference.get("namespace", ""),
        allowed=decision != "forbid",
    )
