"""A bucket as operator and S3 server speak of it: can it be used, what may be uploaded, what is in it, what goes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BucketReady:
    """The bucket is there and the credentials open it."""


@dataclass(frozen=True, slots=True)
class BucketUnavailable:
    """The bucket cannot be used for now; `message` says why, and what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the bucket has it; `uid`, `run` and `sha256` are what its uploader wrote on it, empty if nothing."""

    key: str
    bytes: int
    etag: str
    uid: str
    run: str
    sha256: str


@dataclass(frozen=True, slots=True)
class UploadGrant:
    """The terms of one POST policy: `fields` must be sent as they are, `prefixes` must begin so."""

    output: str
    key: str
    fields: dict[str, str]
    prefixes: dict[str, str]
    max_bytes: int
    expires: datetime


@dataclass(frozen=True, slots=True)
class RunKeys:
    """The keys under which a run may store something. No warm pod does after `until`, if any was told to."""

    run: int
    class_name: str
    keys: tuple[str, ...]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be deleted from the bucket of a class: objects by key, and all those whose keys begin with `below`."""

    class_name: str
    keys: tuple[str, ...]
    below: str | None = None


Bucket = BucketReady | BucketUnavailable
Stored = dict[str, StoredObject] | BucketUnavailable
"""What the bucket holds under the keys of a run, by key; a key without an object is absent."""
