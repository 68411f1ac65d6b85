"""Which requests are in the hands of which warm pod, by their statuses."""

from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.decide.progress import open_claim

PodKey = tuple[str, str]


class ClaimIndex:
    """Follows the requests of the cache, and says what each warm pod has claimed."""

    def __init__(self) -> None:
        self._pod_of: dict[Key, PodKey] = {}
        self._claims_of: dict[PodKey, set[Key]] = {}

    def put(self, request: ScreenshotRequest) -> None:
        """Take in a request as it is now."""
        self.forget(request.key)
        attempt = open_claim(request)
        if attempt is not None:
            pod = (request.key.namespace, attempt.pod_name)
            self._pod_of[request.key] = pod
            self._claims_of.setdefault(pod, set()).add(request.key)

    def forget(self, key: Key) -> None:
        """Forget a request."""
        pod = self._pod_of.pop(key, None)
        if pod is None:
            return
        claims = self._claims_of[pod]
        claims.discard(key)
        if not claims:
            del self._claims_of[pod]

    def of(self, pod: PodKey) -> list[Key]:
        """Return the requests that a pod has claimed, in a fixed order."""
        return sorted(self._claims_of.get(pod, ()))
