"""Lets only pages through: a picture of an error must never pass as a success."""

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.tab import Tab
from kubeshot_contract.reasons import Reason
from kubeshot_contract.spec import FailOn

_ERROR_PAGE = "chrome-error://"


async def run(tab: Tab, fail_on: FailOn, deadline: Deadline) -> None:
    """Raise `CaptureError` for Chromium's own error page, and for a status from 400 on when that is a failure."""
    if tab.page.url.startswith(_ERROR_PAGE):
        raise CaptureError(Reason.CONNECTION_FAILED, "the browser shows an error of its own instead of the page")
    response = tab.main_response
    if fail_on.http_status and response and response.status >= 400:
        raise CaptureError(Reason.HTTP_ERROR, f"the server answered {response.status}", http_status=response.status)
