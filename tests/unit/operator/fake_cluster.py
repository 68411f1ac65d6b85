"""A cluster in memory, behind the port of the real one: versions, conflicts, quotas, owners, and events that lag."""

import asyncio
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from e2e.kstatus import contradictions
from kubeshot_operator.adapters.errors import ConflictError, GoneError, NameTakenError, RefusedError
from kubeshot_operator.api.announcement import Announcement
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.scalars import format_time
from kubeshot_operator.decide.progress import is_over
from kubeshot_operator.runtime.intake import Intake, RawListing, read_requests, shelve_page
from kubeshot_operator.runtime.shelf import Shelf
from unit.operator.builders import NOW, raw_namespace

Raw = dict[str, Any]
PodName = tuple[str, str]


def nothing_happens(_: str) -> None:
    """Let every call go through."""


@dataclass
class FakeCluster:
    """`lag` is how many seconds events come late, `outline_lag` how many more those about metadata do.

    Each call takes `latency` seconds before its effect, and again after it. `interfere` is called at both.
    """

    lag: float = 0.0
    outline_lag: float = 0.0
    latency: float = 0.0
    quotas: dict[str, int] = field(default_factory=dict)
    interfere: Callable[[str], None] = nothing_happens
    pod_was_created: Callable[[Raw], None] = lambda _: None
    requests: dict[Key, Raw] = field(default_factory=dict)
    pods: dict[PodName, Raw] = field(default_factory=dict)
    classes: dict[str, Raw] = field(default_factory=dict)
    namespaces: dict[str, Raw] = field(default_factory=dict)
    events: list[tuple[Key, Announcement]] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    named: set[tuple[str, str]] = field(default_factory=set)
    """Bucket and key of all images that statuses ever named."""
    states: list[Raw] = field(default_factory=list)
    """Requests as they were after each write of a status."""
    contradictions: list[str] = field(default_factory=list)
    """What tools that read kstatus would have found wrong with them."""
    refused: int = 0
    """Creates that a quota did not allow."""
    idle_writes: list[str] = field(default_factory=list)
    """Writes that changed nothing: Kopf would wait for an event that never comes, and lose the next one."""
    writes: int = 0
    most_live: int = 0
    most_live_of_one_run: int = 0
    watcher: Intake | None = None
    _version: int = 100
    _unfinished: dict[str, Raw] = field(default_factory=dict)
    """The last content of the requests that the watch of what is under way has told of, by UID."""

    # The port.

    async def create_pod(self, namespace: str, pod: Raw) -> Raw:
        """Create a pod and return it."""
        await self._pause("before create")
        name = (namespace, pod["metadata"]["name"])
        if name in self.pods:
            raise NameTakenError(f'pods "{name[1]}" already exists')
        used = sum(namespace == where for where, _ in self.pods)
        if used >= self.quotas.get(namespace, used + 1):
            self.refused += 1
            raise RefusedError(403, f'pods "{name[1]}" is forbidden: exceeded quota: pods, used: pods={used}')
        metadata = {
            **pod["metadata"],
            "namespace": namespace,
            "uid": f"uid-{self._next_version()}",
            "creationTimestamp": format_time(self.now()),
        }
        self.pods[name] = {**copy.deepcopy(pod), "metadata": metadata, "status": {"phase": "Pending"}}
        self.created.append(name[1])
        self._count_live()
        self.touch_pod(name)
        self.pod_was_created(self.pods[name])
        answer = copy.deepcopy(self.pods[name])
        await self._pause("after create")
        return answer

    async def get_request(self, key: Key) -> Raw:
        """Return a request."""
        await self._pause("before read")
        if key not in self.requests:
            raise GoneError(f'screenshotrequests "{key.name}" not found')
        return copy.deepcopy(self.requests[key])

    async def get_pod(self, namespace: str, name: str) -> Raw:
        """Return a pod."""
        await self._pause("before get")
        if (namespace, name) not in self.pods:
            raise GoneError(f'pods "{name}" not found')
        return copy.deepcopy(self.pods[namespace, name])

    async def delete_pod(self, namespace: str, name: str) -> None:
        """Delete a pod: at once when it has ended, else after its grace."""
        await self._pause("before delete")
        self.begin_pod_deletion((namespace, name))
        await self._pause("after delete")

    async def patch_status(self, request: ScreenshotRequest, patch: Raw) -> str:
        """Merge a patch into the status of a request and return its version."""
        await self._pause("before patch")
        body = self._unchanged(request)
        status = merged(body.get("status") or {}, patch)
        self.named |= {(output["bucket"], output["key"]) for output in status.get("outputs", ())}
        if status != body.get("status"):
            body["status"] = status
            self.states.append(copy.deepcopy(body))
            self.contradictions += contradictions(body)
            self.writes += 1
            self.touch_request(request.key)
        else:
            self.idle_writes.append(f"{request.key}: {patch}")
        answer = str(body["metadata"]["resourceVersion"])
        await self._pause("after patch")
        return answer

    async def set_finalizers(self, request: ScreenshotRequest, finalizers: tuple[str, ...]) -> Raw:
        """Give a request these finalizers; the last one that goes takes a deleted request with it."""
        await self._pause("before hold")
        metadata = self._unchanged(request)["metadata"]
        if metadata.get("finalizers", []) != list(finalizers):
            metadata["finalizers"] = list(finalizers)
            self.touch_request(request.key)
        answer = copy.deepcopy(self.requests[request.key])
        if "deletionTimestamp" in metadata and not finalizers:
            self._remove_request(request.key)
        await self._pause("after hold")
        return answer

    async def delete_request(self, request: ScreenshotRequest) -> None:
        """Delete a request, if it is as it was read."""
        await self._pause("before removal")
        try:
            self._unchanged(request)
        except GoneError:
            return
        self.remove_request(request.key)
        await self._pause("after removal")

    async def create_event(self, request: ScreenshotRequest, announcement: Announcement, now: datetime) -> None:
        """Record an Event about a request."""
        await self._pause("before event")
        self.events.append((request.key, announcement))

    # What users, the kubelet and other controllers do.

    def apply_request(self, body: Raw) -> Key:
        """Create a request, or change its spec or annotations as an apply does."""
        metadata = body["metadata"]
        key = Key(metadata["namespace"], metadata["name"])
        known = self.requests.get(key)
        if known is None:
            self.requests[key] = copy.deepcopy(body)
        else:
            if known["spec"] != body["spec"]:
                known["spec"] = copy.deepcopy(body["spec"])
                known["metadata"]["generation"] += 1
            known["metadata"]["annotations"] = metadata.get("annotations", {})
        self.touch_request(key)
        return key

    def remove_request(self, key: Key) -> None:
        """Delete a request: at once, or when its finalizers are gone."""
        metadata = self.requests[key]["metadata"]
        if not metadata.get("finalizers"):
            self._remove_request(key)
        elif "deletionTimestamp" not in metadata:
            metadata["deletionTimestamp"] = format_time(self.now())
            self.touch_request(key)

    def _remove_request(self, key: Key) -> None:
        """Remove a request; the garbage collector follows 20 seconds later."""
        body = self.requests.pop(key)
        body["metadata"]["resourceVersion"] = self._next_version()
        self._emit_left(body)
        self._emit_outline(body, deleted=True)
        uid = body["metadata"]["uid"]
        orphans = [name for name, pod in self.pods.items() if _owner(pod) == uid]
        for name in orphans:
            asyncio.get_running_loop().call_later(20.0, self.begin_pod_deletion, name)

    def apply_class(self, body: Raw) -> None:
        """Create or replace a class."""
        self.classes[body["metadata"]["name"]] = body
        self._emit(lambda intake, seen: intake.capture_class(seen, deleted=False), body)

    def remove_class(self, name: str) -> None:
        """Delete a class."""
        self._emit(lambda intake, seen: intake.capture_class(seen, deleted=True), self.classes.pop(name))

    def label_namespace(self, name: str, **labels: str) -> None:
        """Give a namespace these labels and no others; create it if it isn't there."""
        self.namespaces[name] = raw_namespace(name, labels, resourceVersion=self._next_version())
        self._emit(lambda intake, seen: intake.namespace(seen, deleted=False), self.namespaces[name])

    def set_pod_status(self, name: PodName, status: Raw) -> None:
        """Report a pod's state, as the kubelet does; nobody hears of one that is gone."""
        if name in self.pods:
            self.pods[name]["status"] = status
            self.touch_pod(name)

    def begin_pod_deletion(self, name: PodName) -> None:
        """Mark a pod as deleting and remove it: at once when it has ended, else after a second of grace."""
        pod = self.pods.get(name)
        if pod is None or "deletionTimestamp" in pod["metadata"]:
            return
        if not is_live(pod):
            self.remove_pod(name)
            return
        pod["metadata"]["deletionTimestamp"] = format_time(self.now())
        self.touch_pod(name)
        uid = pod["metadata"]["uid"]
        asyncio.get_running_loop().call_later(1.0, self.remove_pod, name, uid)

    def remove_pod(self, name: PodName, uid: str | None = None) -> None:
        """Remove a pod at once, as a lost node or a hand does."""
        pod = self.pods.get(name)
        if pod is None or uid not in (None, pod["metadata"]["uid"]):
            return
        del self.pods[name]
        pod["metadata"]["resourceVersion"] = self._next_version()
        self._emit(lambda intake, seen: intake.pod(seen, deleted=True), pod)

    def listing(self) -> RawListing:
        """Return everything there is."""
        shelf = Shelf()
        requests = read_requests(shelve_page(_copies(self.requests), shelf), {})
        pods, classes, namespaces = _copies(self.pods), _copies(self.classes), _copies(self.namespaces)
        return RawListing(self._version, requests, pods, classes, namespaces, shelf)

    def unfinished(self) -> RawListing:
        """Return everything but the requests that have ended."""
        listed = self.listing()
        return replace(listed, requests=[it for it in listed.requests if not is_over(it)], shelf=None)

    def status_of(self, key: Key) -> Raw:
        """Return the status of a request."""
        status: Raw = self.requests[key].get("status") or {}
        return status

    def now(self) -> datetime:
        """Return the moment of the virtual clock."""
        return NOW + timedelta(seconds=asyncio.get_running_loop().time())

    def touch_request(self, key: Key) -> None:
        """Give a request a new version and tell the watcher."""
        self.requests[key]["metadata"]["resourceVersion"] = self._next_version()
        body = self.requests[key]
        if body.get("status", {}).get("phase") in ("Succeeded", "Failed"):
            self._emit_left(body)
        else:
            self._unfinished[body["metadata"]["uid"]] = copy.deepcopy(body)
            self._emit(lambda intake, seen: intake.request(seen, deleted=False), body)
        self._emit_outline(body, deleted=False)

    def _emit_left(self, body: Raw) -> None:
        """Tell that a request is none of those under way any more, by the last content that it had as such."""
        metadata = body["metadata"]
        if (last := self._unfinished.pop(metadata["uid"], None)) is not None:
            last["metadata"]["resourceVersion"] = metadata["resourceVersion"]
            self._emit(lambda intake, seen: intake.request(seen, deleted=True), last)

    def _emit_outline(self, body: Raw, *, deleted: bool) -> None:
        outline = {"metadata": body["metadata"]}
        self._emit(lambda intake, seen: intake.request_outline(seen, deleted=deleted), outline, self.outline_lag)

    def touch_pod(self, name: PodName) -> None:
        """Give a pod a new version and tell the watcher."""
        self.pods[name]["metadata"]["resourceVersion"] = self._next_version()
        self._emit(lambda intake, seen: intake.pod(seen, deleted=False), self.pods[name])

    def _unchanged(self, request: ScreenshotRequest) -> Raw:
        """Return the stored request, if it is the one that was read."""
        body = self.requests.get(request.key)
        if body is None:
            raise GoneError(f'screenshotrequests "{request.key.name}" not found')
        # The real one passes over the UID, but no two objects ever have the same version.
        if body["metadata"]["resourceVersion"] != request.resource_version:
            raise ConflictError("the object has been modified")
        return body

    def _emit(self, tell: Callable[[Intake, Raw], None], body: Raw, later: float = 0.0) -> None:
        if self.watcher is not None:
            asyncio.get_running_loop().call_later(self.lag + later, tell, self.watcher, copy.deepcopy(body))

    def _next_version(self) -> str:
        self._version += 1
        return str(self._version)

    def _count_live(self) -> None:
        live = [pod for pod in self.pods.values() if is_live(pod)]
        self.most_live = max(self.most_live, len(live))
        runs = [
            (_owner(pod), *(pod["metadata"]["labels"][f"kubeshot.dev/{n}"] for n in ("generation", "run")))
            for pod in live
            if "kubeshot.dev/run" in pod["metadata"]["labels"]
        ]
        self.most_live_of_one_run = max(self.most_live_of_one_run, *(runs.count(run) for run in runs), 0)

    async def _pause(self, where: str) -> None:
        """Let others run, as every call over the network does."""
        await asyncio.sleep(self.latency)
        self.interfere(where)


def is_live(pod: Raw) -> bool:
    """Say whether a pod has not ended."""
    return pod["status"].get("phase") not in ("Succeeded", "Failed")


def merged(target: Any, patch: Any) -> Any:
    """Return the target with a JSON merge patch applied (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _owner(pod: Raw) -> str:
    return str(pod["metadata"]["ownerReferences"][0]["uid"])


def _copies(objects: Mapping[Any, Raw]) -> list[Raw]:
    return copy.deepcopy(list(objects.values()))
