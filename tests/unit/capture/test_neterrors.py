"""A network error becomes the reason a user can act on."""

import pytest

from kubeshot_capture.neterrors import error_name, reason_of
from kubeshot_contract.reasons import Reason


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Page.goto: net::ERR_NAME_NOT_RESOLVED at http://nowhere.invalid/", "NAME_NOT_RESOLVED"),
        ("net::ERR_HTTP2_PROTOCOL_ERROR", "HTTP2_PROTOCOL_ERROR"),
        ("Page.goto: Timeout 1000ms exceeded.", None),
    ],
)
def test_the_name_is_found_in_a_message(message: str, name: str | None) -> None:
    assert error_name(message) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("NAME_NOT_RESOLVED", Reason.NAME_NOT_RESOLVED),
        ("DNS_TIMED_OUT", Reason.NAME_NOT_RESOLVED),
        ("CONNECTION_REFUSED", Reason.CONNECTION_FAILED),
        ("CONNECTION_TIMED_OUT", Reason.CONNECTION_FAILED),
        ("ADDRESS_UNREACHABLE", Reason.CONNECTION_FAILED),
        ("EMPTY_RESPONSE", Reason.CONNECTION_FAILED),
        ("SOMETHING_NEW", Reason.CONNECTION_FAILED),
        ("CERT_AUTHORITY_INVALID", Reason.TLS_FAILED),
        ("CERT_DATE_INVALID", Reason.TLS_FAILED),
        ("SSL_PROTOCOL_ERROR", Reason.TLS_FAILED),
        ("BAD_SSL_CLIENT_AUTH_CERT", Reason.TLS_FAILED),
        ("TIMED_OUT", Reason.NAVIGATION_TIMEOUT),
        ("TOO_MANY_REDIRECTS", Reason.HTTP_ERROR),
        ("ABORTED", Reason.UNSUPPORTED_CONTENT),
        ("UNSAFE_PORT", Reason.INVALID_REQUEST),
        ("BLOCKED_BY_ADMINISTRATOR", Reason.BLOCKED_BY_POLICY),
    ],
)
def test_each_error_has_its_reason(name: str, reason: Reason) -> None:
    assert reason_of(name) is reason
