"""A call to the API server, in words of which there are few."""

import pytest

from kubeshot_operator.api.api_call import read_call

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
