"""What Chromium's network errors mean for a request: the table from `net::` names to reasons.

Source of the names: net/base/net_error_list.h of Chromium.
"""

import re

from kubeshot_contract.reasons import Reason

# Where Chromium goes when it can't show a page.
ERROR_PAGE = "chrome-error://"

_NAME = re.compile(r"net::ERR_([A-Z0-9_]+)")

_BY_NAME = {
    "NAME_NOT_RESOLVED": Reason.NAME_NOT_RESOLVED,
    "NAME_RESOLUTION_FAILED": Reason.NAME_NOT_RESOLVED,
    "ICANN_NAME_COLLISION": Reason.NAME_NOT_RESOLVED,
    "TIMED_OUT": Reason.NAVIGATION_TIMEOUT,
    "NETWORK_IO_SUSPENDED": Reason.CONNECTION_FAILED,
    # The server answered, but not with a page that can be reached: as final as a 404.
    "TOO_MANY_REDIRECTS": Reason.HTTP_ERROR,
    "INVALID_REDIRECT": Reason.HTTP_ERROR,
    "UNSAFE_REDIRECT": Reason.HTTP_ERROR,
    "HTTP_RESPONSE_CODE_FAILURE": Reason.HTTP_ERROR,
    "ABORTED": Reason.UNSUPPORTED_CONTENT,
    "INVALID_URL": Reason.INVALID_REQUEST,
    "DISALLOWED_URL_SCHEME": Reason.INVALID_REQUEST,
    "UNKNOWN_URL_SCHEME": Reason.INVALID_REQUEST,
    "UNSAFE_PORT": Reason.INVALID_REQUEST,
    "BLOCKED_BY_CLIENT": Reason.BLOCKED_BY_POLICY,
    "BLOCKED_BY_ADMINISTRATOR": Reason.BLOCKED_BY_POLICY,
    "OUT_OF_MEMORY": Reason.OUT_OF_MEMORY,
    "BAD_SSL_CLIENT_AUTH_CERT": Reason.TLS_FAILED,
    "WRONG_VERSION_ON_EARLY_DATA": Reason.TLS_FAILED,
}

_BY_PREFIX = {
    "CERT_": Reason.TLS_FAILED,
    "SSL_": Reason.TLS_FAILED,
    "DNS_": Reason.NAME_NOT_RESOLVED,
}


def error_name(text: str) -> str | None:
    """Return the name of the network error in a message, without `net::ERR_`; `None` when there is none."""
    found = _NAME.search(text)
    return found.group(1) if found else None


def reason_of(name: str) -> Reason:
    """Return the reason behind a network error; what the table doesn't know is a connection that failed."""
    by_prefix = (reason for prefix, reason in _BY_PREFIX.items() if name.startswith(prefix))
    return _BY_NAME.get(name) or next(by_prefix, Reason.CONNECTION_FAILED)
