"""Cases of what the page is asked with."""

import json
from typing import Any

from kubeshot_contract.reasons import Reason
from zoo.case import Case, Complaint
from zoo.checks import both, fails, lamp_is_on, settles, tells
from zoo.site.pages.doors import PASSWORD, USERNAME

SECRETS = {"tokens": {"header": "secret-of-a-header", "cookie": "secret-of-a-cookie"}}
STATE = {
    "cookies": [
        {
            **{"name": "sid", "value": "from-the-state", "domain": "@main-host", "path": "/", "expires": -1},
            **{"httpOnly": False, "secure": False, "sameSite": "Lax"},
        }
    ],
    "origins": [{"origin": "@main", "localStorage": [{"name": "theme", "value": "dusk"}]}],
}


def from_secret(name: str, key: str) -> dict[str, Any]:
    """Return a reference to a Secret's value."""
    return {"valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


CASES = (
    Case(
        "header",
        "the page's own origin gets the header, another one does not",
        "/told/headers",
        tells("production|none"),
        {"request": {"headers": [{"name": "X-Zoo", "value": "production"}]}},
        fields=("request.headers[].name", "request.headers[].value"),
    ),
    Case(
        "header-from-secret",
        "the header's value comes from the Secret, and is told nowhere",
        "/told/headers",
        tells("secret-of-a-header|none"),
        {"request": {"headers": [{"name": "X-Zoo", **from_secret("tokens", "header")}]}},
        fields=(
            "request.headers[].valueFrom.secretKeyRef.name",
            "request.headers[].valueFrom.secretKeyRef.key",
        ),
        secrets=SECRETS,
    ),
    Case(
        "cookie",
        "the first request has the cookie already",
        "/told/request?cookie=sid",
        tells("first"),
        {"request": {"cookies": [{"name": "sid", "value": "first"}]}},
        fields=("request.cookies[].name", "request.cookies[].value"),
    ),
    Case(
        "cookie-from-secret",
        "the cookie's value comes from the Secret, and is told nowhere",
        "/told/request?cookie=sid",
        tells("secret-of-a-cookie"),
        {"request": {"cookies": [{"name": "sid", **from_secret("tokens", "cookie")}]}},
        fields=(
            "request.cookies[].valueFrom.secretKeyRef.name",
            "request.cookies[].valueFrom.secretKeyRef.key",
        ),
        secrets=SECRETS,
    ),
    Case(
        "cookie-domain",
        "the cookie is one of the other host, to which the page leads",
        "/doors/other",
        tells("elsewhere"),
        {"request": {"cookies": [{"name": "sid", "value": "elsewhere", "domain": "@other-host"}]}},
        fields=("request.cookies[].domain",),
    ),
    Case(
        "cookie-path",
        "a cookie of another path stays at home",
        "/told/request?cookie=sid",
        tells("none"),
        {"request": {"cookies": [{"name": "sid", "value": "astray", "path": "/doors"}]}},
        fields=("request.cookies[].path",),
    ),
    Case(
        "password",
        "the page behind HTTP authentication opens",
        "/doors/guarded",
        both(lamp_is_on, settles),
        {"request": {"basicAuth": {"secretRef": {"name": "keeper"}}}},
        fields=("request.basicAuth.secretRef.name",),
        complaints=(Complaint.HTTP_AUTH,),
        secrets={"keeper": {"username": USERNAME, "password": PASSWORD}},
    ),
    Case(
        "session",
        "cookies and local storage are those of the session",
        "/told/session",
        tells("sid=from-the-state|dusk"),
        {"request": {"storageState": {"secretKeyRef": {"name": "session", "key": "state.json"}}}},
        fields=("request.storageState.secretKeyRef.name", "request.storageState.secretKeyRef.key"),
        secrets={"session": {"state.json": json.dumps(STATE)}},
    ),
    Case(
        "any-certificate",
        "a certificate that nobody signed is taken",
        "@tls/plain",
        lamp_is_on,
        {"request": {"ignoreHTTPSErrors": True}},
        fields=("request.ignoreHTTPSErrors",),
    ),
    Case(
        "bad-certificate",
        "a certificate that nobody signed is a failure",
        "@tls/plain",
        fails("TLSFailed"),
        fields=("request.ignoreHTTPSErrors",),
        complaints=(Complaint.BAD_TLS,),
        reason=Reason.TLS_FAILED,
    ),
)
