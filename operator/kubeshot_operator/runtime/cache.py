"""What the operator knows of the cluster: requests, their pods and the classes, as last seen.

Fed by the watches, by answers to our own writes, and by a periodic LIST that repairs what a watch has missed.
"""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.model import Key, Pool, ScreenshotRequest, Status
from kubeshot_operator.api.outline import Outcome, Outline
from kubeshot_operator.decide.observation import MissingClass
from kubeshot_operator.decide.progress import is_over, open_attempt
from kubeshot_operator.decide.tally import Load, Tally
from kubeshot_operator.runtime.claim_index import ClaimIndex
from kubeshot_operator.runtime.class_index import ClassIndex
from kubeshot_operator.runtime.deletions import Deletions
from kubeshot_operator.runtime.listing import Listing, is_before, is_newer, tells_more
from kubeshot_operator.runtime.namespace_index import NamespaceIndex
from kubeshot_operator.runtime.pod_index import OurPod, Owner, PodIndex
from kubeshot_operator.runtime.shelf import Shelf


class Cache:
    """Objects by name. An object never goes back to an older resource version, nor comes back from its deletion.

    A LIST, a late event or the answer to a write of our own may all tell of an object after its deletion was told.
    """

    def __init__(self) -> None:
        self.requests: dict[Key, ScreenshotRequest] = {}
        self.parted: dict[Key, list[ScreenshotRequest]] = {}
        """Requests that are gone while something may be stored which they did not name."""
        self.shelf = Shelf()
        self.unsure: set[Key] = set()
        """Requests to be read anew: they changed or ended in a way that we were not told."""
        self.classes = ClassIndex()
        self.namespaces = NamespaceIndex()
        self._captures = Tally()
        self.pods = PodIndex(self._captures)
        self._claims = ClaimIndex(self._captures)
        self._by_uid: dict[str, Key] = {}
        self._deletions = Deletions()
        self._listed = 0

    @property
    def live_pods(self) -> int:
        """How many pods have not ended, warm ones and those of one attempt."""
        return self.pods.live

    @property
    def owners(self) -> set[Owner]:
        """Everything that a pass can be made over: requests, pools, and requests that are gone and have pods."""
        return {*self.requests, *self.pods.owners, *self.unsure}

    @property
    def served(self) -> list[str]:
        """The namespace of each pod that has not ended, in the order of their creation."""
        return self.pods.namespaces_by_age()

    def load(self, now: datetime) -> Load:
        """Return what runs, and what the classes allow."""
        return Load(self.pods.live, self.pods.live_in, self._captures, self.classes.usable, now)

    def put_request(self, request: ScreenshotRequest) -> None:
        """Remember a request, unless a newer one is known."""
        known = self.requests.get(request.key)
        last = max(self.shelf.version_of(request.uid) - 1, self._deletions.version_of(request.uid))
        if last < int(request.resource_version) and tells_more(request, known):
            self.shelf.take_off(request.uid, request.key)
            self._replace(request)

    def shelve(self, outline: Outline, outcome: Outcome) -> None:
        """Keep of a request that is at rest only what tells of a change, unless a newer version is known."""
        known = self.requests.get(outline.key)
        if known is not None and known.uid == outline.uid and int(known.resource_version) <= outline.version:
            # A change may have been told before the answer to the write of the end was there.
            is_unsure = outline.key in self.unsure
            self._forget(known)
            self.shelf.put(outline, outcome)
            self.unsure.update({outline.key} if self.shelf.has_changed(outline) or is_unsure else ())

    def is_news(self, outline: Outline) -> bool:
        """Say whether a request has to be read anew: it is over and has changed since, and no other watch tells how."""
        return self.shelf.is_news(outline, self.request_of(outline.uid))

    def remember(self, request: ScreenshotRequest, status: Status) -> None:
        """Remember a status that is not written yet, until a newer version of the request comes."""
        if self.requests.get(request.key) is request:
            self._replace(replace(request, status=status))

    def drop_request(self, key: Key, uid: str, version: int) -> None:
        """Forget a request that was deleted, but not one of the same name that was created since."""
        self._deletions.note(uid, version)
        self.shelf.forget(uid, key)
        gone = self.requests.get(key)
        if gone is not None and gone.uid == uid:
            self._forget(gone)
            if gone.status.uploads:
                self.parted.setdefault(key, []).append(gone)

    def _forget(self, request: ScreenshotRequest) -> None:
        self._claims.forget(request.key)
        self._by_uid.pop(request.uid, None)
        self.unsure.discard(request.key)
        del self.requests[request.key]

    def drop_missing(self, key: Key) -> None:
        """Forget the request of this name, which is not there."""
        self.shelf.expires.pop(key, None)
        if (known := self.requests.get(key)) is not None:
            self.drop_request(key, known.uid, int(known.resource_version))

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
        is_gone = int(pod.resource_version) <= self._deletions.version_of(pod.uid)
        if not is_gone and is_newer(pod, self.pods.get((pod.namespace, pod.name))):
            self.pods.put(pod)

    def drop_pod(self, namespace: str, name: str, uid: str, version: int) -> None:
        """Forget a pod that was deleted, but not one of the same name that was created since."""
        self._deletions.note(uid, version)
        pod = self.pods.get((namespace, name))
        if pod is not None and pod.uid == uid:
            self.pods.forget((namespace, name))

    def pods_of(self, key: Key) -> tuple[CapturePod, ...]:
        """Return the pods of the requests of this name, also of one that is gone."""
        return self.pods.of_request(key)

    def orphans_of(self, key: Key) -> tuple[CapturePod, ...]:
        """Return the pods of requests of this name that are certainly gone, and not merely unheard of yet."""
        return tuple(pod for pod in self.pods_of(key) if self._is_orphan(pod))

    def pods_in(self, pool: Pool) -> tuple[WarmPod, ...]:
        """Return the warm pods of a pool."""
        return self.pods.of_pool(pool)

    def pools_of(self, class_name: str) -> list[Pool]:
        """Return the pools of a class that have pods."""
        return self.pods.pools_of(class_name)

    def pod(self, namespace: str, name: str) -> OurPod | None:
        """Return the pod of this name."""
        return self.pods.get((namespace, name))

    def holder_of(self, token: str) -> OurPod | None:
        """Return the pod that was given this token, while it runs."""
        return self.pods.holder_of(token)

    def class_for(self, request: ScreenshotRequest) -> CaptureClass | MissingClass:
        """Return the class that a request names, or the default one, or what is missing."""
        return self.classes.get(request.spec.class_name if request.spec else None)

    def replace_all(self, listed: Listing) -> set[Owner]:
        """Take over a whole LIST; return the requests and pools of which anything was different from what was known."""
        requests = {item.key: item for item in listed.requests}
        pods = {(pod.namespace, pod.name): pod for pod in listed.pods}
        gone_pods = [pod for name, pod in self.pods.all() if name not in pods and is_before(pod, listed)]
        changed: set[Owner] = set(self._take_unlisted(listed, requests.keys()))
        for pod in gone_pods:
            changed |= {pod.owner, *self._claims.of((pod.namespace, pod.name))}
        changed |= {key for key, item in requests.items() if tells_more(item, self.requests.get(key))}
        for name, pod in pods.items():
            if is_newer(pod, self.pods.get(name)):
                changed |= {pod.owner, *self._claims.of(name)}
        for pod in gone_pods:
            self.drop_pod(pod.namespace, pod.name, pod.uid, listed.resource_version)
        for item in requests.values():
            self.put_request(item)
        for pod in pods.values():
            self.put_pod(pod)
        if listed.shelf is not None:
            self.shelf.take_over(listed.shelf, listed.resource_version, self._is_known_newer)
        self._deletions.age()
        self._listed = listed.resource_version
        return changed | {pod.owner for pod in pods.values() if self._is_for_nobody(pod)}

    def _take_unlisted(self, listed: Listing, there: Set[Key]) -> list[Key]:
        """Take in which requests a LIST did not hold, and return them; one of those under way holds none that ended."""
        unlisted = [item for key, item in self.requests.items() if key not in there and is_before(item, listed)]
        if listed.shelf is None:
            doubtful = [item.key for item in unlisted if not is_over(item)]
            self.unsure.update(doubtful)
            return doubtful
        for item in unlisted:
            if item.uid in listed.shelf:
                self._forget(item)
            else:
                self.drop_request(item.key, item.uid, listed.resource_version)
        return [item.key for item in unlisted]

    def _is_known_newer(self, uid: str, version: int) -> bool:
        return uid in self._by_uid or version <= self._deletions.version_of(uid)

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
        told = pod.request_uid in self.shelf or pod.request_uid in self._deletions
        return told or int(pod.resource_version) <= self._listed

    def _replace(self, request: ScreenshotRequest) -> None:
        if (known := self.requests.get(request.key)) is not None:
            self._by_uid.pop(known.uid, None)
        self.requests[request.key] = request
        self._by_uid[request.uid] = request.key
        self._claims.put(request, self._class_name(request))

    def _class_name(self, request: ScreenshotRequest) -> str:
        """Return the name of the class by which a request is captured: its warm pod's, whatever is default now."""
        attempt = open_attempt(request.status)
        pod = None if attempt is None else self.pods.get((request.key.namespace, attempt.pod_name))
        if isinstance(pod, WarmPod):
            return pod.class_name
        capture_class = self.class_for(request)
        return "" if isinstance(capture_class, MissingClass) else capture_class.name
