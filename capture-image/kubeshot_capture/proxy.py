"""The proxy of a class, as the kubelet hands it over from a Secret."""

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.guard.upstream import UnusableProxyError, Upstream, parse_upstream
from kubeshot_contract.reasons import Reason


def upstream_of(url: str | None) -> Upstream | None:
    """Return the proxy of this URL, if there is one; raise `CaptureError` for what is none."""
    try:
        return None if url is None else parse_upstream(url)
    except UnusableProxyError as error:
        sentence = f"the Secret of the class's egress.proxy holds no URL of a proxy: {error}"
        raise CaptureError(Reason.INVALID_REQUEST, sentence) from error
