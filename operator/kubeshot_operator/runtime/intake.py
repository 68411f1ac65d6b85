"""What comes in from the watches and LISTs: put into the cache, and the requests concerned into the queue."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.parse import UnreadableObjectError, parse_class, parse_request
from kubeshot_operator.api.parse_pod import NotACapturePodError, parse_pod
from kubeshot_operator.decide.line import Standing
from kubeshot_operator.runtime.cache import Listing
from kubeshot_operator.runtime.namespace_index import Namespace
from kubeshot_operator.runtime.pod_index import Owner
from kubeshot_operator.runtime.state import State

logger = logging.getLogger(__name__)

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawListing:
    """All objects of our kinds; nothing after `resource_version` is in it."""

    resource_version: int
    requests: list[dict[str, Any]]
    pods: list[dict[str, Any]]
    classes: list[dict[str, Any]]
    namespaces: list[dict[str, Any]]


class Intake:
    """Never blocks and never fails for what an object holds: whatever is wrong with it is logged."""

    def __init__(self, state: State) -> None:
        self._cache, self._queue, self._line = state.cache, state.queue, state.line

    def request(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event about a request."""
        request = _read_request(body)
        if request is None:
            return
        if deleted:
            self._cache.drop_request(request.key, request.uid, int(request.resource_version))
        else:
            self._cache.put_request(request)
        # Among thousands that nobody has looked at yet, one of a higher priority has its turn all the same.
        self._queue.add(request.key, rank=_standing(request)[0])

    def pod(self, body: Raw, *, deleted: bool) -> None:
        """Take in an event about a pod under our label."""
        pod = _read_pod(body)
        if pod is None:
            return
        if deleted:
            self._cache.drop_pod(pod.namespace, pod.name, pod.uid, int(pod.resource_version))
        else:
            self._cache.put_pod(pod)
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
        requests = tuple(item for body in listed.requests if (item := _read_request(body)) is not None)
        self._look_at(self._cache.replace_all(Listing(listed.resource_version, requests, pods)))
        namespaces = tuple(_read_namespace(body) for body in listed.namespaces)
        relabelled = self._cache.namespaces.replace_all(namespaces, listed.resource_version)
        if relabelled:
            self._look_at_unfinished(lambda key: key.namespace in relabelled)

    def everything(self) -> None:
        """Have a pass made over all that is known, by a replica that begins to lead."""
        self._line.recall(self._cache.served)
        self._look_at(self._cache.owners)

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
            is_finished = request.status.phase is not None and request.status.phase.is_finished
            if is_meant(key) and (request.deleting or not is_finished):
                self._queue.add(key)

    def _put_class(self, body: Raw) -> None:
        try:
            self._cache.classes.put(parse_class(body))
        except UnreadableObjectError as error:
            self._cache.classes.put_broken(body["metadata"]["name"], str(error))
            logger.error("a class cannot be read", extra={"error": str(error)})


def _standing(request: ScreenshotRequest) -> Standing:
    priority = request.spec.priority if request.spec else 0
    return -priority, request.status.queued_time or request.created, request.key


def _read_namespace(body: Raw) -> Namespace:
    metadata = body["metadata"]
    return Namespace(metadata["name"], int(metadata["resourceVersion"]), dict(metadata.get("labels") or {}))


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
