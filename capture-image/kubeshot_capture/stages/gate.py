"""Lets only pages through: a picture of an error must never pass as a success."""

from kubeshot_capture.browser import MainResponse
from kubeshot_capture.failures import CaptureError
from kubeshot_contract.reasons import Reason

_ERROR_PAGE = "chrome-error://"


def check(url: str, response: MainResponse | None, fail_on_http_status: bool) -> None:
    """Raise `CaptureError` for Chromium's own error page, and for a status from 400 on when that is a failure."""
    if url.startswith(_ERROR_PAGE):
        raise CaptureError(Reason.CONNECTION_FAILED, "the browser shows an error of its own instead of the page")
    if fail_on_http_status and response and response.status >= 400:
        raise CaptureError(Reason.HTTP_ERROR, f"the server answered {response.status}", http_status=response.status)
