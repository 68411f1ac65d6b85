"""What the operator knows of the cluster: requests, their pods and the classes, as last seen.

Fed by the watches, by answers to our own writes, and by a periodic LIST that repairs what a watch has missed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.model import Key, Pool, ScreenshotRequest, Status
from kubeshot_operator.decide.observation import MissingClass
from kubeshot_operator.decide.progress import open_attempt
from kubeshot_operator.decide.tally import Load, Tally
from kubeshot_operator.runtime.claim_index import ClaimIndex
from kubeshot_operator.runtime.class_index import ClassIndex
from kubeshot_operator.runtime.namespace_index import NamespaceIndex
from kubeshot_operator.runtime.pod_index import OurPod, Owner, PodIndex


class _Versioned(Protocol):
    @property
    def uid(self) -> str: ...
    @property
    def resource_version(self) -> str: ...


Object = TypeVar("Object", bound=_Versioned)


@dataclass(frozen=True, slots=True)
class Listing:
    """All requests and capture pods at one moment; nothing after `resource_version` is in it."""

    resource_version: int
    requests: tuple[ScreenshotRequest, ...]
    pods: tuple[OurPod, ...]


class Cache:
    """Objects by name. An object never goes back to an older resource version, nor comes back from its deletion.

    A LIST, a late event or the answer to a write of our own may all tell of an object after its deletion was told.
    """

    def __init__(self) -> None:
        self.requests: dict[Key, ScreenshotRequest] = {}
        self.parted: dict[Key, list[ScreenshotRequest]] = {}
        """Requests that are gone while something may be stored which they did not name."""
        self.classes = ClassIndex()
        self.namespaces = NamespaceIndex()
        self._captures = Tally()
        self._pods = PodIndex(self._captures)
        self._claims = ClaimIndex(self._captures)
        self._by_uid: dict[str, Key] = {}
        # The versions at which objects were deleted, by UID; kept for two LISTs, when nobody can tell of them any more.
        self._deleted: dict[str, int] = {}
        self._deleted_before: dict[str, int] = {}
        self._listed = 0

    @property
    def live_pods(self) -> int:
        """How many pods have not ended, warm ones and those of one attempt."""
        return self._pods.live

    @property
    def owners(self) -> set[Owner]:
        """Everything that a pass can be made over: requests, pools, and requests that are gone and have pods."""
        return {*self.requests, *self._pods.owners}

    @property
    def served(self) -> list[str]:
        """The namespace of each pod that has not ended, in the order of their creation."""
        return self._pods.namespaces_by_age()

    def load(self, now: datetime) -> Load:
        """Return what runs, and what the classes allow."""
        return Load(self._pods.live, self._pods.live_in, self._captures, self.classes.usable, now)

    def put_request(self, request: ScreenshotRequest) -> None:
        """Remember a request, unless a newer one is known."""
        if not self._is_outdated(request, self.requests.get(request.key)):
            self._replace(request)

    def remember(self, request: ScreenshotRequest, status: Status) -> None:
        """Remember a status that is not written yet, until a newer version of the request comes."""
        if self.requests.get(request.key) is request:
            self._replace(replace(request, status=status))

    def drop_request(self, key: Key, uid: str, version: int) -> None:
        """Forget a request that was deleted, but not one of the same name that was created since."""
        self._deleted[uid] = version
        if key in self.requests and self.requests[key].uid == uid:
            self._claims.forget(key)
            self._by_uid.pop(uid, None)
            gone = self.requests.pop(key)
            if gone.status.uploads:
                self.parted.setdefault(key, []).append(gone)

    def forget_parted(self, request: ScreenshotRequest) -> None:
        """Forget a request that is gone, of which nothing is left."""
        rest = [item for item in self.parted[request.key] if item is not request]
        if rest:
            self.parted[request.key] = rest
        else:
            del self.parted[request.key]

    def request_of(self, uid: str) -> ScreenshotRequest | None:
        """Return the request with this UID."""
        key = self._by_uid.get(uid)
        return None if key is None else self.requests[key]

    def claims_of(self, namespace: str, pod_name: str) -> tuple[ScreenshotRequest, ...]:
        """Return the requests that a warm pod has claimed and that are under way."""
        return tuple(self.requests[key] for key in self._claims.of((namespace, pod_name)))

    def put_pod(self, pod: OurPod) -> None:
        """Remember a pod, unless a newer one is known."""
        if not self._is_outdated(pod, self._pods.get((pod.namespace, pod.name))):
            self._pods.put(pod)

    def mark_deleting(self, namespace: str, name: str) -> None:
        """Remember that a pod was asked to go."""
        self._pods.mark_deleting((namespace, name))

    def drop_pod(self, namespace: str, name: str, uid: str, version: int) -> None:
        """Forget a pod that was deleted, but not one of the same name that was created since."""
        self._deleted[uid] = version
        pod = self._pods.get((namespace, name))
        if pod is not None and pod.uid == uid:
            self._pods.forget((namespace, name))

    def pods_of(self, key: Key) -> tuple[CapturePod, ...]:
        """Return the pods of the requests of this name, also of one that is gone."""
        return self._pods.of_request(key)

    def orphans_of(self, key: Key) -> tuple[CapturePod, ...]:
        """Return the pods of requests of this name that are certainly gone, and not merely unheard of yet."""
        return tuple(pod for pod in self.pods_of(key) if self._is_orphan(pod))

    def pods_in(self, pool: Pool) -> tuple[WarmPod, ...]:
        """Return the warm pods of a pool."""
        return self._pods.of_pool(pool)

    def pools_of(self, class_name: str) -> list[Pool]:
        """Return the pools of a class that have pods."""
        return self._pods.pools_of(class_name)

    def pod(self, namespace: str, name: str) -> OurPod | None:
        """Return the pod of this name."""
        return self._pods.get((namespace, name))

    def holder_of(self, token: str) -> OurPod | None:
        """Return the pod that was given this token, while it runs."""
        return self._pods.holder_of(token)

    def class_for(self, request: ScreenshotRequest) -> CaptureClass | MissingClass:
        """Return the class that a request names, or the default one, or what is missing."""
        return self.classes.get(request.spec.class_name if request.spec else None)

    def replace_all(self, listed: Listing) -> set[Owner]:
        """Take over a whole LIST; return the requests and pools of which anything was different from what was known."""
        requests = {item.key: item for item in listed.requests}
        pods = {(pod.namespace, pod.name): pod for pod in listed.pods}
        gone = [item for key, item in self.requests.items() if key not in requests and _is_before(item, listed)]
        gone_pods = [pod for name, pod in self._pods.all() if name not in pods and _is_before(pod, listed)]
        changed: set[Owner] = {item.key for item in gone}
        for pod in gone_pods:
            changed |= {pod.owner, *self._claims.of((pod.namespace, pod.name))}
        changed |= {key for key, item in requests.items() if _is_newer(item, self.requests.get(key))}
        for name, pod in pods.items():
            if _is_newer(pod, self._pods.get(name)):
                changed |= {pod.owner, *self._claims.of(name)}
        for item in gone:
            self.drop_request(item.key, item.uid, listed.resource_version)
        for pod in gone_pods:
            self.drop_pod(pod.namespace, pod.name, pod.uid, listed.resource_version)
        for item in requests.values():
            self.put_request(item)
        for pod in pods.values():
            self.put_pod(pod)
        self._deleted_before, self._deleted = self._deleted, {}
        self._listed = listed.resource_version
        return changed | {pod.owner for pod in pods.values() if self._is_for_nobody(pod)}

    def _is_for_nobody(self, pod: OurPod) -> bool:
        """Say whether a pod is still there that nobody waits for, so that a pass should end it."""
        if isinstance(pod, WarmPod):
            return False
        request = self.request_of(pod.request_uid)
        phase = request.status.phase if request else None
        return self._is_orphan(pod) if request is None else phase is not None and phase.is_finished

    def _is_orphan(self, pod: CapturePod) -> bool:
        """Say whether the request of a pod is gone: it was told so, or a LIST held the pod without it."""
        if pod.request_uid in self._by_uid:
            return False
        told = pod.request_uid in self._deleted or pod.request_uid in self._deleted_before
        return told or int(pod.resource_version) <= self._listed

    def _is_outdated(self, item: Object, known: Object | None) -> bool:
        version = int(item.resource_version)
        deleted = self._deleted.get(item.uid, self._deleted_before.get(item.uid, 0))
        return version <= deleted or (known is not None and version <= int(known.resource_version))

    def _replace(self, request: ScreenshotRequest) -> None:
        if (known := self.requests.get(request.key)) is not None:
            self._by_uid.pop(known.uid, None)
        self.requests[request.key] = request
        self._by_uid[request.uid] = request.key
        self._claims.put(request, self._class_name(request))

    def _class_name(self, request: ScreenshotRequest) -> str:
        """Return the name of the class by which a request is captured: its warm pod's, whatever is default now."""
        attempt = open_attempt(request.status)
        pod = None if attempt is None else self._pods.get((request.key.namespace, attempt.pod_name))
        if isinstance(pod, WarmPod):
            return pod.class_name
        capture_class = self.class_for(request)
        return "" if isinstance(capture_class, MissingClass) else capture_class.name


def _is_newer(item: Object, known: Object | None) -> bool:
    return known is None or int(item.resource_version) > int(known.resource_version)


def _is_before(item: _Versioned, listed: Listing) -> bool:
    """Say whether an object would be in the LIST if it still existed: it is not younger than the LIST."""
    return int(item.resource_version) <= listed.resource_version
