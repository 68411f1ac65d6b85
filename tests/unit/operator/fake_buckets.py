"""Buckets in memory, behind the port of the real ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kubeshot_contract.job import UploadForm
from kubeshot_operator.api.bucket import (
    Bucket,
    BucketReady,
    BucketUnavailable,
    Erasure,
    Stored,
    StoredObject,
    UploadGrant,
)
from kubeshot_operator.api.capture_class import Storage


@dataclass
class FakeBuckets:
    """`existing` are the names of the buckets; `problem` is what every look at them says, if anything.

    `interfere` is called at each look.
    """

    existing: set[str] = field(default_factory=lambda: {"shots"})
    problem: str | None = None
    objects: dict[tuple[str, str], StoredObject] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    interfere: Callable[[str], None] = lambda _: None

    async def check(self, storage: Storage) -> Bucket:
        """Say whether the bucket can be used."""
        await asyncio.sleep(0)
        self.interfere("check")
        if self.problem is not None:
            return BucketUnavailable(self.problem)
        if storage.bucket not in self.existing:
            return BucketUnavailable(f"bucket {storage.bucket} does not exist at {storage.endpoint}: create it")
        return BucketReady()

    async def stat(self, storage: Storage, keys: tuple[str, ...]) -> Stored:
        """Return what the bucket holds under these keys."""
        await asyncio.sleep(0)
        self.interfere("stat")
        if self.problem is not None:
            return BucketUnavailable(self.problem)
        return {key: self.objects[storage.bucket, key] for key in keys if (storage.bucket, key) in self.objects}

    async def erase(self, storage: Storage, erasure: Erasure) -> Bucket:
        """Delete objects."""
        await asyncio.sleep(0)
        self.interfere("before erase")
        if isinstance(checked := await self.check(storage), BucketUnavailable):
            return checked
        for bucket, key in list(self.objects):
            is_below = erasure.below is not None and key.startswith(erasure.below)
            if bucket == storage.bucket and (is_below or key in erasure.keys):
                del self.objects[bucket, key]
        self.interfere("after erase")
        return BucketReady()

    def sign(self, storage: Storage, grants: tuple[UploadGrant, ...]) -> dict[str, UploadForm]:
        """Return a form per output; its policy is not signed."""
        return {
            grant.output: UploadForm(
                url=f"{storage.endpoint}/{storage.bucket}",
                key=grant.key,
                fields={"key": grant.key, **grant.fields},
                max_bytes=grant.max_bytes,
            )
            for grant in grants
        }

    def doubt(self, storage: Storage) -> None:
        """Do nothing: no answer is ever remembered."""

    def put(self, bucket: str, key: str) -> None:
        """Store half of what a capture stores."""
        self.objects[bucket, key] = StoredObject(key, 1, "e0", "", "", "")

    def upload(self, form: UploadForm, content: bytes, sha256: str) -> None:
        """Store an object as a capture does, with the marks that its form prescribes."""
        bucket = form.url.rpartition("/")[2]
        self.uploads.append(form.key)
        self.objects[bucket, form.key] = StoredObject(
            key=form.key,
            bytes=len(content),
            etag="e1",
            uid=form.fields["x-amz-meta-uid"],
            run=form.fields["x-amz-meta-run"],
            sha256=f"sha256-{sha256}",
        )
