"""Whose turn it was, who was passed over, and when nothing happened: read from what the API server told."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from e2e.pod_times import request_of, version_of
from e2e.space import has_ended
from e2e.watch import Change


def created(pods: Iterable[Change]) -> dict[str, int]:
    """Return the version at which each request got its first pod, by its name, in their order."""
    found: dict[str, int] = {}
    for change in pods:
        if change.kind == "ADDED":
            found.setdefault(request_of(change.body), version_of(change.body))
    return found


def first_written(requests: Iterable[Change]) -> dict[str, int]:
    """Return the version of the first write of each request's status, by its name: from then on it is in the line."""
    found: dict[str, int] = {}
    for change in requests:
        if change.kind == "MODIFIED":
            found.setdefault(change.body["metadata"]["name"], version_of(change.body))
    return found


def overtook(pods: Iterable[Change], late: str, since: int) -> int:
    """Return how many others got a pod after this version and before a request that was there by then."""
    versions = created(pods)
    return sum(since < version < versions[late] for version in versions.values())


def most_jumped(
    pods: Sequence[Change], queued: Mapping[str, int], priority_of: Callable[[str], int], slots: int
) -> int:
    """Return by how many of a lower priority one request was passed over, at most; of one namespace with so many slots.

    Whoever is the n-th to get a pod was granted it after n - `slots` pods had ended. A request counts that was in the
    line by then with a higher priority, and got its pod later all the same.
    """
    order, ends = created(pods), _ends(pods)
    jumped: Counter[str] = Counter()
    for number, (name, version) in enumerate(order.items()):
        if number < slots:
            continue
        granted_after = ends[number - slots]
        jumped.update(
            other
            for other, later in order.items()
            if later > version and queued[other] < granted_after and priority_of(other) > priority_of(name)
        )
    return max(jumped.values(), default=0)


def longest_pause(times: Sequence[float], since: float, until: float) -> float:
    """Return the longest time without one of these, in order, between the last before `since` and the first after."""
    first, last = max(0, bisect_right(times, since) - 1), bisect_left(times, until)
    meant = times[first : last + 1]
    return max((later - earlier for earlier, later in pairwise(meant)), default=0.0)


def _ends(pods: Iterable[Change]) -> list[int]:
    ended: dict[str, int] = {}
    for change in pods:
        if change.kind == "DELETED" or has_ended(change.body):
            ended.setdefault(change.body["metadata"]["uid"], version_of(change.body))
    return list(ended.values())
