"""A call to the API server, in words of which there are few."""

from datetime import UTC, datetime

import pytest

from kubeshot_operator.api.api_call import read_call, read_date

REQUESTS = "/apis/kubeshot.dev/v1alpha1"


@pytest.mark.parametrize(
    ("method", "path", "query", "call"),
    [
        ("GET", "/api/v1/pods", {"limit": "500"}, ("list", "pods")),
        ("GET", "/api/v1/pods", {"watch": "true"}, ("watch", "pods")),
        ("GET", "/api/v1/namespaces/team/pods/shot-1", {}, ("get", "pods")),
        ("POST", "/api/v1/namespaces/team/pods", {}, ("create", "pods")),
        ("DELETE", "/api/v1/namespaces/team/pods/shot-1", {}, ("delete", "pods")),
        ("GET", "/api/v1/namespaces/pods/pods", {}, ("list", "pods")),
        ("POST", "/api/v1/namespaces/team/events", {}, ("create", "events")),
        ("GET", f"{REQUESTS}/screenshotrequests", {}, ("list", "screenshotrequests")),
        ("GET", f"{REQUESTS}/captureclasses", {"watch": "true"}, ("watch", "captureclasses")),
        (
            "PATCH",
            f"{REQUESTS}/namespaces/team/screenshotrequests/shot/status",
            {},
            ("patch", "screenshotrequests/status"),
        ),
        ("PUT", "/apis/coordination.k8s.io/v1/namespaces/system/leases/x", {}, ("update", "leases")),
        ("GET", "/api/v1/namespaces/system/secrets/bucket", {}, ("get", "secrets")),
        ("GET", "/api", {}, ("get", "discovery")),
        ("GET", "/apis", {}, ("get", "discovery")),
        ("GET", "/apis/kubeshot.dev/v1alpha1", {}, ("get", "discovery")),
        ("OPTIONS", "/api/v1/pods", {}, ("other", "pods")),
    ],
)
def test_read_call(method: str, path: str, query: dict[str, str], call: tuple[str, str]) -> None:
    assert read_call(method, path, query) == call


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Mon, 23 Nov 2026 17:23:13 GMT", datetime(2026, 11, 23, 17, 23, 13, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 18:23:13 +0100", datetime(2026, 11, 23, 17, 23, 13, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Nov 2026 17:23:13 GMT", None),
        ("", None),
        (None, None),
    ],
)
def test_the_date_of_an_answer_is_a_moment_or_nothing(header: str | None, date: datetime | None) -> None:
    assert read_date(header) == date
