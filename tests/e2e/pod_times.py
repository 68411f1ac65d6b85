"""What the pods of several namespaces did, in the one order that the API server gave to all their changes."""

from collections import Counter
from collections.abc import Callable

from e2e.kubectl import Object
from e2e.space import Space, has_ended
from e2e.watch import Change

REQUEST_LABEL = "kubeshot.dev/request"


def request_of(pod: Object) -> str:
    """Return the name of the request that a pod was made for."""
    return str(pod["metadata"]["labels"][REQUEST_LABEL])


def in_order(*spaces: Space) -> list[Change]:
    """Return all changes of pods. A resource version counts the changes of the whole cluster."""
    changes = [change for space in spaces for change in space.pod_changes()]
    return sorted(changes, key=lambda change: int(change.body["metadata"]["resourceVersion"]))


def order_of_creation(*spaces: Space) -> list[str]:
    """Return the names of the requests in the order in which they got pods."""
    return [request_of(change.body) for change in in_order(*spaces) if change.kind == "ADDED"]


def most_at_once(group_of: Callable[[Object], str], *spaces: Space) -> Counter[str]:
    """Return how many pods of each group there were at the same time, at most; those that had ended are left out."""
    there: dict[str, str] = {}
    most: Counter[str] = Counter()
    for change in in_order(*spaces):
        uid = change.body["metadata"]["uid"]
        if change.kind == "DELETED" or has_ended(change.body):
            there.pop(uid, None)
        else:
            there[uid] = group_of(change.body)
        most |= Counter(there.values())
    return most
