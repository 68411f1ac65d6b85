"""A call to the API server as a value, with no word in it that a user chose: fit for the label of a metric."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

# The segments of a path before the resource: /api/v1/…, /apis/<group>/<version>/…, each with namespaces/<name> or not.
_CORE, _GROUPED = 2, 3
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
DISCOVERY = "discovery"
WATCH = "watch"
UNANSWERED = "none"


@dataclass(frozen=True, slots=True)
class ApiCall:
    """`resource` is a plural with its subresource; `code` the HTTP status, or `none` when no answer came.

    `seconds` is the time until the answer began, `date` the server's time of day at that moment, cut to the second.
    """

    verb: str
    resource: str
    code: str
    seconds: float
    date: datetime | None = None


def read_call(method: str, path: str, query: Mapping[str, str]) -> tuple[str, str]:
    """Return verb and resource of a request, in the words of Kubernetes' own audit log."""
    parts = [part for part in path.split("/") if part]
    rest = parts[_CORE if parts[:1] == ["api"] else _GROUPED :]
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        rest = rest[2:]
    if not rest:
        return "get", DISCOVERY
    resource = "/".join((rest[0], *rest[2:3]))
    if method != "GET":
        return _VERBS.get(method, "other"), resource
    if query.get("watch") in ("true", "1"):
        return WATCH, resource
    return "get" if len(rest) > 1 else "list", resource


# Many answers have the same: it says whole seconds.
@lru_cache(maxsize=4)
def read_date(header: str | None) -> datetime | None:
    """Return the time of day of an answer's `Date`; `None` if it has none that can be read."""
    try:
        date = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return date and date.astimezone(UTC)
