"""Which requests are in the hands of which warm pod, by their statuses."""

from kubeshot_operator.api.limits import Share, host_of
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.decide.progress import open_claim
from kubeshot_operator.decide.tally import Tally

PodKey = tuple[str, str]


class ClaimIndex:
    """Follows the requests of the cache, and says what each warm pod has claimed."""

    def __init__(self, captures: Tally) -> None:
        """Count the claims that are under way."""
        self._captures = captures
        self._pod_of: dict[Key, PodKey] = {}
        self._share_of: dict[Key, Share] = {}
        self._claims_of: dict[PodKey, set[Key]] = {}

    def put(self, request: ScreenshotRequest, class_name: str) -> None:
        """Take in a request as it is now; `class_name` is that of its class."""
        self.forget(request.key)
        attempt = open_claim(request)
        if attempt is not None and request.spec is not None:
            pod = (request.key.namespace, attempt.pod_name)
            share = Share(class_name, request.key.namespace, host_of(request.spec.page))
            self._pod_of[request.key] = pod
            self._share_of[request.key] = share
            self._claims_of.setdefault(pod, set()).add(request.key)
            self._captures.add(share)

    def forget(self, key: Key) -> None:
        """Forget a request."""
        pod = self._pod_of.pop(key, None)
        if pod is None:
            return
        self._captures.remove(self._share_of.pop(key))
        claims = self._claims_of[pod]
        claims.discard(key)
        if not claims:
            del self._claims_of[pod]

    def of(self, pod: PodKey) -> list[Key]:
        """Return the requests that a pod has claimed, in a fixed order."""
        return sorted(self._claims_of.get(pod, ()))
