"""The Kubernetes API, as far as the operator uses it: raw objects in and out, one named error per thing to do next."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

import aiohttp

from kubeshot_operator.adapters.connection import METADATA_ONLY
from kubeshot_operator.adapters.errors import GoneError
from kubeshot_operator.adapters.rest import Raw, Rest
from kubeshot_operator.api import crd
from kubeshot_operator.api.announcement import Announcement
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.scalars import format_time

_COMPONENT = "kubeshot-operator"
_MAX_EVENT_MESSAGE = 1024


class KubernetesAPI:
    """The calls that the operator makes. All raise `UnavailableError` when the API server cannot be used."""

    def __init__(self, session: aiohttp.ClientSession, server: str) -> None:
        self._rest = Rest(session, server)

    def request_pages(self) -> AsyncIterator[tuple[list[Raw], int]]:
        """Yield all ScreenshotRequests page by page, each with the resource version at which they are listed."""
        return self._versioned_pages()

    def unfinished_pages(self) -> AsyncIterator[tuple[list[Raw], int]]:
        """Yield the ScreenshotRequests whose run is not over, in the same way."""
        return self._versioned_pages(fieldSelector=crd.UNFINISHED)

    async def get_request(self, key: Key) -> Raw:
        """Return a ScreenshotRequest; raise `GoneError` when there is none."""
        return await self._rest.call(
            "GET", f"/apis/{crd.API_VERSION}/namespaces/{key.namespace}/{crd.REQUESTS}/{key.name}"
        )

    async def list_pods(self) -> tuple[list[Raw], int]:
        """Return all pods under our label, and the resource version at which they are listed."""
        return await self._rest.list("/api/v1/pods", labelSelector=f"{crd.MANAGED_BY_LABEL}={crd.MANAGED_BY}")

    async def list_classes(self) -> tuple[list[Raw], int]:
        """Return all CaptureClasses, and the resource version at which they are listed."""
        return await self._rest.list(f"/apis/{crd.API_VERSION}/{crd.CLASSES}")

    async def list_namespaces(self) -> tuple[list[Raw], int]:
        """Return all namespaces, and the resource version at which they are listed."""
        return await self._rest.list("/api/v1/namespaces")

    async def create_pod(self, namespace: str, pod: Raw) -> Raw:
        """Create a pod and return it; raise `NameTakenError` or `RefusedError` when that is not possible."""
        return await self._rest.call("POST", _pods(namespace), pod)

    async def get_pod(self, namespace: str, name: str) -> Raw:
        """Return a pod; raise `GoneError` when there is none."""
        return await self._rest.call("GET", f"{_pods(namespace)}/{name}")

    async def delete_pod(self, namespace: str, name: str) -> None:
        """Delete a pod; one that is gone already is no error."""
        try:
            await self._rest.call("DELETE", f"{_pods(namespace)}/{name}", accept=METADATA_ONLY)
        except GoneError:
            return

    async def patch_status(self, request: ScreenshotRequest, patch: Raw) -> str:
        """Merge a patch into the status of a request as it was read; return the resource version that it has now.

        Raises `ConflictError` when it has changed since, `GoneError` when it was deleted.
        """
        metadata = {"resourceVersion": request.resource_version}
        body = {"metadata": metadata, "status": patch}
        written = await self._rest.call("PATCH", f"{_path(request)}/status", body, accept=METADATA_ONLY)
        return str(written["metadata"]["resourceVersion"])

    async def set_finalizers(self, request: ScreenshotRequest, finalizers: tuple[str, ...]) -> Raw:
        """Give a request as it was read these finalizers, and return it.

        Raises `ConflictError` when it has changed since, so that nobody's finalizer is lost, `GoneError` when it was
        deleted.
        """
        metadata = {"resourceVersion": request.resource_version, "finalizers": list(finalizers)}
        return await self._rest.call("PATCH", _path(request), {"metadata": metadata})

    async def delete_request(self, request: ScreenshotRequest) -> None:
        """Delete a request as it was read; one that is gone already is no error.

        Raises `ConflictError` when it has changed since, or when there is another one of its name.
        """
        preconditions = {"uid": request.uid, "resourceVersion": request.resource_version}
        try:
            await self._rest.call("DELETE", _path(request), {"preconditions": preconditions})
        except GoneError:
            return

    async def create_event(self, request: ScreenshotRequest, announcement: Announcement, now: datetime) -> None:
        """Record an Event about a request."""
        time = format_time(now)
        await self._rest.call(
            "POST",
            f"/api/v1/namespaces/{request.key.namespace}/events",
            {
                "metadata": {"generateName": f"{request.key.name[:200]}.", "namespace": request.key.namespace},
                "involvedObject": _reference(request),
                "type": announcement.type,
                "reason": announcement.reason,
                "message": announcement.message[:_MAX_EVENT_MESSAGE],
                "source": {"component": _COMPONENT},
                "reportingComponent": _COMPONENT,
                "firstTimestamp": time,
                "lastTimestamp": time,
                "count": 1,
            },
            accept=METADATA_ONLY,
        )

    async def read_secret(self, namespace: str, name: str) -> Mapping[str, str]:
        """Return the data of a Secret, still in Base64; raise `GoneError` when there is none."""
        secret = await self._rest.call("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
        return secret.get("data") or {}

    async def read_lease(self, namespace: str, name: str) -> Raw:
        """Return a Lease; raise `GoneError` when there is none."""
        return await self._rest.call("GET", f"{_leases(namespace)}/{name}")

    async def write_lease(self, namespace: str, lease: Raw) -> Raw:
        """Replace a Lease of the version that it names, or create it when it names none; return it as it is now.

        Raises `ConflictError` when it has changed since, `NameTakenError` when there is one, `GoneError` when it was
        deleted.
        """
        if "resourceVersion" in lease["metadata"]:
            return await self._rest.call("PUT", f"{_leases(namespace)}/{lease['metadata']['name']}", lease)
        return await self._rest.call("POST", _leases(namespace), lease)

    async def _versioned_pages(self, **parameters: str) -> AsyncIterator[tuple[list[Raw], int]]:
        async for page in self._rest.pages(f"/apis/{crd.API_VERSION}/{crd.REQUESTS}", parameters):
            yield page["items"], int(page["metadata"]["resourceVersion"])


def _path(request: ScreenshotRequest) -> str:
    return f"/apis/{crd.API_VERSION}/namespaces/{request.key.namespace}/{crd.REQUESTS}/{request.key.name}"


def _pods(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/pods"


def _leases(namespace: str) -> str:
    return f"/apis/{crd.LEASE_API_VERSION}/namespaces/{namespace}/{crd.LEASES}"


def _reference(request: ScreenshotRequest) -> Raw:
    return {
        "apiVersion": crd.API_VERSION,
        "kind": crd.REQUEST_KIND,
        "namespace": request.key.namespace,
        "name": request.key.name,
        "uid": request.uid,
        "resourceVersion": request.resource_version,
    }
