"""Speaks to the API server, as far as bringing up a cluster needs it."""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from kubeshot_cluster.native.certificates import Pki
from kubeshot_cluster.native.objects import Object
from kubeshot_cluster.problems import ClusterError

APPLY = "?fieldManager=kubeshot-cluster&force=true"
PATIENCE_SECONDS = 10.0


class Api:
    """One server, reached with a client certificate. No proxy is asked."""

    def __init__(self, server: str, pki: Pki, user: str) -> None:
        self._address = urlsplit(server)
        self._trust = ssl.create_default_context(cafile=str(pki.authority))
        self._trust.load_cert_chain(str(pki.certificate(user)), str(pki.key(user)))

    def answers(self, path: str) -> bool:
        """Say whether a path answers 200."""
        try:
            return self._request("GET", path)[0] == http.HTTPStatus.OK
        except OSError:
            return False

    def get(self, path: str) -> Mapping[str, Any] | None:
        """Return an object, or None while there is none."""
        try:
            status, text = self._request("GET", path)
        except OSError:
            return None
        if status != http.HTTPStatus.OK:
            return None
        found: Mapping[str, Any] = json.loads(text)
        return found

    def apply(self, wanted: Object) -> None:
        """Apply an object on the server's side: it is made, or brought to what is wanted."""
        status, text = self._request("PATCH", wanted.path + APPLY, json.dumps(wanted.body))
        if status not in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
            raise ClusterError(f"The API server refused {wanted.path} with {status}: {text[:300]}")

    def _request(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPSConnection(
            self._address.hostname or "", self._address.port, timeout=PATIENCE_SECONDS, context=self._trust
        )
        headers = {"Content-Type": "application/apply-patch+yaml"} if body else {}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()


def is_ready(node: Mapping[str, Any] | None) -> bool:
    """Say whether a Node object reports Ready."""
    conditions = (node or {}).get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
