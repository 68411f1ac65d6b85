"""What stages decide without a browser."""

import pytest

from kubeshot_capture.browser import launch_failure
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.processes import descendants
from kubeshot_capture.stages.open import net_failure, not_a_page
from kubeshot_capture.stages.upload import Answer, refusal, tls_context
from kubeshot_capture.tab import MainResponse
from kubeshot_contract.reasons import Reason


def response(status: int = 200, content_type: str = "text/html") -> MainResponse:
    return MainResponse("http://a/", status, content_type)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (response(204, ""), "status 204"),
        (response(200, "application/pdf; x=y"), "application/pdf,"),
        (None, "a download"),
    ],
)
def test_what_is_no_page_is_named(answer: MainResponse | None, words: str) -> None:
    failure = not_a_page(answer)
    assert failure.reason is Reason.UNSUPPORTED_CONTENT
    assert words in str(failure)


def test_an_error_without_a_body_is_judged_by_its_status() -> None:
    failure = net_failure("HTTP_RESPONSE_CODE_FAILURE", response(503))
    assert failure.reason is Reason.HTTP_ERROR
    assert failure.failure.retryable


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(
            Answer(403, "<Error><Code>AccessDenied</Code><Message>Policy expired &amp; gone</Message></Error>"),
            "status 403, AccessDenied: Policy expired & gone",
            id="S3's XML",
        ),
        pytest.param(Answer(502, "<html>Bad Gateway</html>"), "status 502", id="a proxy's page"),
        pytest.param(Answer(500, ""), "status 500", id="nothing"),
    ],
)
def test_a_refusal_says_what_the_storage_said(answer: Answer, words: str) -> None:
    assert refusal(answer) == words


def test_a_ca_bundle_that_is_none_is_the_requests_fault() -> None:
    with pytest.raises(CaptureError) as caught:
        tls_context("not a certificate")
    assert caught.value.reason is Reason.INVALID_REQUEST


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! Update your kernel", Reason.SANDBOX_UNAVAILABLE),
        ("Failed to move to new namespace: PID namespaces supported", Reason.SANDBOX_UNAVAILABLE),
        ("Running as root without --no-sandbox is not supported", Reason.SANDBOX_UNAVAILABLE),
        ("Executable doesn't exist at /nowhere\nsecond line", Reason.INTERNAL_ERROR),
    ],
)
def test_a_browser_without_its_sandbox_says_so(log: str, reason: Reason) -> None:
    assert launch_failure(log).reason is reason


def test_descendants_are_found_through_their_parents() -> None:
    assert sorted(descendants({1: 0, 5: 1, 6: 5, 7: 6, 8: 1}, 5)) == [6, 7]
