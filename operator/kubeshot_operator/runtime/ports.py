"""The outside, as a pass over a request needs it. The adapters are these; tests have fakes that pass the same tests."""

from datetime import datetime
from typing import Any, Protocol

from kubeshot_contract.job import UploadForm
from kubeshot_operator.api.announcement import Announcement
from kubeshot_operator.api.bucket import Bucket, Stored, UploadGrant
from kubeshot_operator.api.model import ScreenshotRequest, Storage

Raw = dict[str, Any]


class Cluster(Protocol):
    """What a pass does to the cluster; see `adapters.kubernetes.KubernetesAPI` for the errors."""

    async def create_pod(self, namespace: str, pod: Raw) -> Raw: ...
    async def get_pod(self, namespace: str, name: str) -> Raw: ...
    async def delete_pod(self, namespace: str, name: str) -> None: ...
    async def patch_status(self, request: ScreenshotRequest, patch: Raw) -> Raw: ...
    async def create_event(self, request: ScreenshotRequest, announcement: Announcement, now: datetime) -> None: ...


class Buckets(Protocol):
    """What a pass asks of the buckets; see `adapters.storage.S3Storage`."""

    async def check(self, storage: Storage) -> Bucket: ...
    async def stat(self, storage: Storage, keys: tuple[str, ...]) -> Stored: ...
    def sign(self, storage: Storage, grants: tuple[UploadGrant, ...]) -> dict[str, UploadForm]: ...
    def doubt(self, storage: Storage) -> None: ...


class Leases(Protocol):
    """Where the Lease is kept; see `adapters.kubernetes.KubernetesAPI` for the errors."""

    async def read_lease(self, namespace: str, name: str) -> Raw: ...
    async def write_lease(self, namespace: str, lease: Raw) -> Raw: ...
