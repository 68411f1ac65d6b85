"""What comes in from the watches and LISTs: put into the cache, and the requests concerned into the queue."""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.outline import outcome_of, outline_of, parse_outcome, parse_outline
from kubeshot_operator.api.parse import UnreadableObjectError, parse_class, parse_request
from kubeshot_operator.api.parse_pod import NotACapturePodError, parse_pod
from kubeshot_operator.decide.at_rest import is_at_rest
from kubeshot_operator.decide.line import Standing
from kubeshot_operator.decide.progress import is_over
from kubeshot_operator.runtime.listing import Listing
from kubeshot_operator.runtime.namespace_index import Namespace
from kubeshot_operator.runtime.pod_index import Owner
from kubeshot_operator.runtime.shelf import Shelf
from kubeshot_operator.runtime.state import State

logger = logging.getLogger(__name__)

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawListing:
    """All objects of our kinds, but requests that are at rest; nothing after `resource_version` is in it.

    `shelf` has those; without it only requests that have not ended were listed. Raw requests take more room than all
    else, so they are read as they come.
    """

    resource_version: int
    requests: list[ScreenshotRequest]
    pods: list[dict[str, Any]]
    classes: list[dict[str, Any]]
    namespaces: list[dict[str, Any]]
    shelf: Shelf | None = None


class Intake:
    """Never blocks and never fails for what an object holds: whatever is wrong with it is logged."""

    def __init__(self, state: State, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._cache, self._queue, self._line = state.cache, state.queue, state.line
        self._clock = clock
        self._leaving: deque[ScreenshotRequest] = deque()
        # Up to this version it was told of all requests whether they are there.
        self._outlined = 0

    def request(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event about a request that is under way; one that ends is told as deleted, too."""
        request = _read_anew(body, self._cache.requests)
        if request is None:
            return
        if deleted:
            self._leaving.append(request)
            self._see_out()
        else:
            if request is self._cache.requests.get(request.key):
                # The answer to a write of our own told it, and the pass that wrote it has planned what comes next.
                return
            self._cache.put_request(request)
            # Among thousands that nobody has looked at yet, one of a higher priority has its turn all the same.
            self._queue.add(request.key, rank=_standing(request)[0])

    def read(self, bodies: list[dict[str, Any]]) -> list[ScreenshotRequest]:
        """Return the requests of a LIST as they are to be handed in with it."""
        return read_requests(bodies, self._cache.requests)

    def request_outline(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event about the metadata of a request: what becomes of it once it is over is told by that only."""
        outline = parse_outline(body)
        self._outlined = max(self._outlined, outline.version)
        if deleted:
            self._cache.drop_request(outline.key, outline.uid, outline.version)
            self._queue.add(outline.key)
        elif self._cache.is_news(outline):
            self._cache.unsure.add(outline.key)
            self._queue.add(outline.key)
        self._see_out()

    def _see_out(self) -> None:
        """Let go of those that left the watch of what is under way, as soon as it is known that they were not deleted.

        To the replica that wrote their end that is no news; to another one their last content tells what was asked for.
        """
        while self._leaving and int(self._leaving[0].resource_version) <= self._outlined:
            request = self._leaving.popleft()
            known = self._cache.request_of(request.uid)
            if known is None or is_over(known):
                continue
            if request.spec is not None and request.spec.ttl_after_finished is not None:
                # When it is to go depends on when it ended: whoever leads next reads it anew.
                self._cache.unsure.add(request.key)
            else:
                self._cache.shelve(outline_of(request), replace(outcome_of(request), phase=None))

    def pod(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event about a pod under our label."""
        pod = _read_pod(body)
        if pod is None:
            return
        known = self._cache.pod(pod.namespace, pod.name)
        if deleted:
            self._cache.drop_pod(pod.namespace, pod.name, pod.uid, int(pod.resource_version))
        else:
            self._cache.put_pod(pod)
            if known is not None and replace(known, resource_version=pod.resource_version) == pod:
                # Scheduler and kubelet write much that we don't look at, and we know of what we did ourselves.
                return
        # What a warm pod has at hand is given back when it is gone, and only then the pod is cleared away.
        # All of this goes before first looks at what may wait: it is what makes room for them.
        for request in self._cache.claims_of(pod.namespace, pod.name):
            self._queue.add_first(request.key)
        self._queue.add_first(pod.owner)

    def capture_class(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event about a class, and look again at all requests and pods that wait for one or use it."""
        name = body["metadata"]["name"]
        if deleted:
            self._cache.classes.drop(name)
        else:
            self._put_class(body)
        self._look_at_unfinished(lambda _: True)
        for pool in self._cache.pools_of(name):
            self._queue.add(pool)

    def namespace(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event about a namespace, and look again at its requests if its labels have changed."""
        namespace = _read_namespace(body)
        if deleted:
            self._cache.namespaces.drop(namespace.name, namespace.resource_version)
        elif self._cache.namespaces.put(namespace):
            self._look_at_unfinished(lambda key: key.namespace == namespace.name)

    def listing(self, listed: RawListing) -> None:
        """Take in a LIST of everything: what differs from what was known is looked at again.

        The line fills in the order in which passes are made, so they are made in the order of the line.
        """
        self._cache.classes.keep({body["metadata"]["name"] for body in listed.classes})
        for body in listed.classes:
            self._put_class(body)
        pods = tuple(pod for body in listed.pods if (pod := _read_pod(body)) is not None)
        requests = Listing(listed.resource_version, tuple(listed.requests), pods, listed.shelf)
        self._look_at(self._cache.replace_all(requests))
        if listed.shelf is not None:
            self._outlined = max(self._outlined, listed.resource_version)
            self._plan_expiries()
        namespaces = tuple(_read_namespace(body) for body in listed.namespaces)
        relabelled = self._cache.namespaces.replace_all(namespaces, listed.resource_version)
        if relabelled:
            self._look_at_unfinished(lambda key: key.namespace in relabelled)

    def everything(self) -> None:
        """Have a pass made over all that is known, by a replica that begins to lead."""
        self._line.recall(self._cache.served)
        self._look_at(self._cache.owners)
        self._plan_expiries()

    def _plan_expiries(self) -> None:
        now = self._clock()
        for key, due in self._cache.shelf.expires.items():
            self._queue.add_after(key, (due - now).total_seconds())

    def _look_at(self, owners: set[Owner]) -> None:
        """Have passes made over these: over the requests that are there first, in the order of the line."""
        requests = self._cache.requests
        there = [owner for owner in owners if isinstance(owner, Key) and owner in requests]
        for key in sorted(there, key=lambda key: _standing(requests[key])):
            self._queue.add(key)
        for gone_or_pool in owners - requests.keys():
            self._queue.add(gone_or_pool)

    def _look_at_unfinished(self, is_meant: Callable[[Key], bool]) -> None:
        for key, request in self._cache.requests.items():
            if is_meant(key) and (request.deleting or not is_over(request)):
                self._queue.add(key)

    def _put_class(self, body: Raw) -> None:
        try:
            self._cache.classes.put(parse_class(body))
        except UnreadableObjectError as error:
            self._cache.classes.put_broken(body["metadata"]["name"], str(error))
            logger.error("a class cannot be read", extra={"error": str(error)})


def read_requests(bodies: list[dict[str, Any]], known: Mapping[Key, ScreenshotRequest]) -> list[ScreenshotRequest]:
    """Return the requests that can be read; one that is known in its version is none the second time."""
    return [request for body in bodies if (request := _read_anew(body, known)) is not None]


def shelve_page(bodies: list[dict[str, Any]], shelf: Shelf) -> list[dict[str, Any]]:
    """Put the requests of a page that are at rest onto a shelf, and return the others."""
    return [body for body in bodies if not _is_shelved(body, shelf)]


def _is_shelved(body: Raw, shelf: Shelf) -> bool:
    try:
        outline, outcome = parse_outline(body), parse_outcome(body)
    except (KeyError, TypeError, ValueError):
        # Reading all of it will tell what is wrong.
        return False
    if not is_at_rest(outline, outcome):
        return False
    shelf.put(outline, outcome)
    return True


def _standing(request: ScreenshotRequest) -> Standing:
    priority = request.spec.priority if request.spec else 0
    return -priority, request.status.queued_time or request.created, request.key


def _read_namespace(body: Raw) -> Namespace:
    metadata = body["metadata"]
    return Namespace(metadata["name"], int(metadata["resourceVersion"]), dict(metadata.get("labels") or {}))


def _read_anew(body: Raw, known: Mapping[Key, ScreenshotRequest]) -> ScreenshotRequest | None:
    """Return a request as it is known, if its version was told before: in an answer to a write of our own, too."""
    metadata = body["metadata"]
    before = known.get(Key(metadata["namespace"], metadata["name"]))
    if before is not None and before.resource_version == metadata["resourceVersion"] and not before.lacks_defaults:
        return before
    return _read_request(body)


def _read_request(body: Raw) -> ScreenshotRequest | None:
    try:
        return parse_request(body)
    except UnreadableObjectError as error:
        logger.error("a request cannot be read", extra={"error": str(error)})
        return None


def _read_pod(body: Raw) -> CapturePod | WarmPod | None:
    try:
        return parse_pod(body)
    except NotACapturePodError as error:
        logger.warning("a pod under our label is not ours", extra={"error": str(error)})
        return None
