"""What pods did, in the one order that the API server gave to all their changes."""

from collections import Counter
from collections.abc import Callable, Iterable

from e2e.kubectl import Object
from e2e.space import Space, has_ended
from e2e.watch import Change

REQUEST_LABEL = "kubeshot.dev/request"


def request_of(pod: Object) -> str:
    """Return the name of the request that a pod was made for."""
    return str(pod["metadata"]["labels"][REQUEST_LABEL])


def version_of(body: Object) -> int:
    """Return the resource version of an object, which counts the changes of the whole cluster."""
    return int(body["metadata"]["resourceVersion"])


def in_order(*spaces: Space) -> list[Change]:
    """Return all changes of pods in some namespaces."""
    changes = [change for space in spaces for change in space.pod_changes()]
    return sorted(changes, key=lambda change: version_of(change.body))


def order_of_creation(changes: Iterable[Change]) -> list[str]:
    """Return the names of the requests in the order in which they got pods."""
    return [request_of(change.body) for change in changes if change.kind == "ADDED"]


def most_at_once(changes: Iterable[Change], group_of: Callable[[Object], str]) -> Counter[str]:
    """Return how many pods of each group there were at the same time, at most; those that had ended are left out."""
    there: dict[str, str] = {}
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for change in changes:
        uid = change.body["metadata"]["uid"]
        if change.kind == "DELETED" or has_ended(change.body):
            now.subtract([there.pop(uid)] if uid in there else [])
        elif uid not in there:
            there[uid] = group = group_of(change.body)
            now[group] += 1
            most[group] = max(most[group], now[group])
    return most
