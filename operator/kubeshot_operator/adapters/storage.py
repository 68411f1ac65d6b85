"""The bucket: is it there, what may be uploaded, what is in it. Speaks S3 through minio-py."""

import asyncio
import base64
import binascii
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import certifi
import urllib3
from minio import Minio
from minio.datatypes import PostPolicy
from minio.error import MinioException, S3Error

from kubeshot_contract.job import UploadForm
from kubeshot_contract.storage import RUN_METADATA, SHA256_METADATA, UID_METADATA, form_field
from kubeshot_operator.adapters.errors import GoneError, RefusedError
from kubeshot_operator.adapters.storage_problems import describe
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
from kubeshot_operator.api.crd import ACCESS_KEY_FIELD, SECRET_KEY_FIELD

SecretReader = Callable[[str], Awaitable[Mapping[str, str]]]
"""Returns the data of a Secret in the operator's namespace, in Base64; raises `GoneError` or `RefusedError`."""

# A bucket that was there stays believed for so long; uploads and stats find out sooner by themselves.
_BELIEVED_SECONDS = 30.0
# One that was not is looked at again after this: a server that swallows packets takes seconds to say nothing, and with
# many requests waiting for it every worker would wait with them.
_DISBELIEVED_SECONDS = 5.0
_TIMEOUT = urllib3.Timeout(connect=3.0, read=10.0)
_RETRIES = urllib3.Retry(total=1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))
_MISSING_CODES = ("NoSuchKey", "NoSuchObject", "NotFound")


class CredentialsError(Exception):
    """The class's Secret is missing or does not hold credentials; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Credentials:
    access_key: str
    secret_key: str


class S3Storage:
    """Buckets by class. A client is kept per storage and credentials; its calls run in threads."""

    def __init__(self, read_secret: SecretReader, clock: Callable[[], float]) -> None:
        """Read credentials with `read_secret`; `clock` gives seconds and never goes back."""
        self._read_secret = read_secret
        self._clock = clock
        self._clients: dict[tuple[Storage, _Credentials], Minio] = {}
        self._credentials: dict[str, _Credentials] = {}
        self._answers: dict[Storage, tuple[float, Bucket]] = {}
        self._looking: dict[Storage, asyncio.Lock] = {}

    async def check(self, storage: Storage) -> Bucket:
        """Say whether the bucket can be used. A good answer is believed for 30 seconds, a bad one for 5."""
        async with self._looking.setdefault(storage, asyncio.Lock()):
            until, answer = self._answers.get(storage, (0.0, None))
            if answer is None or self._clock() >= until:
                answer = await self._look(storage)
                seconds = _BELIEVED_SECONDS if isinstance(answer, BucketReady) else _DISBELIEVED_SECONDS
                self._answers[storage] = (self._clock() + seconds, answer)
            return answer

    async def _look(self, storage: Storage) -> Bucket:
        try:
            self._credentials[storage.credentials_secret] = await self._load_credentials(storage)
        except CredentialsError as error:
            return BucketUnavailable(str(error))
        try:
            exists = await asyncio.to_thread(self._client(storage).bucket_exists, storage.bucket)
        except (MinioException, urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            return BucketUnavailable(describe(storage, error))
        if not exists:
            return BucketUnavailable(f"bucket {storage.bucket} does not exist at {storage.endpoint}: create it")
        return BucketReady()

    def sign(self, storage: Storage, grants: tuple[UploadGrant, ...]) -> dict[str, UploadForm]:
        """Return a signed upload form per output. The storage must have been checked; no network is used."""
        s3 = self._client(storage)
        return {grant.output: _sign(s3, storage, grant) for grant in grants}

    async def stat(self, storage: Storage, keys: tuple[str, ...]) -> Stored:
        """Return what the bucket holds under these keys."""
        # After a doubt this reads the credentials anew: they may have been rotated.
        checked = await self.check(storage)
        if isinstance(checked, BucketUnavailable):
            return checked
        s3 = self._client(storage)
        try:
            found = await asyncio.gather(*(asyncio.to_thread(_stat, s3, storage.bucket, key) for key in keys))
        except (MinioException, urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            self.doubt(storage)
            return BucketUnavailable(describe(storage, error))
        return {stored.key: stored for stored in found if stored is not None}

    async def erase(self, storage: Storage, erasure: Erasure) -> Bucket:
        """Delete objects; those that are not there are no error."""
        checked = await self.check(storage)
        if isinstance(checked, BucketUnavailable):
            return checked
        try:
            await asyncio.to_thread(_erase, self._client(storage), storage.bucket, erasure)
        except (MinioException, urllib3.exceptions.HTTPError, ValueError, OSError) as error:
            self.doubt(storage)
            return BucketUnavailable(describe(storage, error))
        return BucketReady()

    def doubt(self, storage: Storage) -> None:
        """Have the next check look for real, over a new connection: an open one may outlive the address."""
        self._answers.pop(storage, None)
        for known in [key for key in self._clients if key[0] == storage]:
            del self._clients[known]

    def _client(self, storage: Storage) -> Minio:
        credentials = self._credentials[storage.credentials_secret]
        known = self._clients.get((storage, credentials))
        if known is None:
            known = self._clients[storage, credentials] = _open(storage, credentials)
        return known

    async def _load_credentials(self, storage: Storage) -> _Credentials:
        name = storage.credentials_secret
        try:
            data = await self._read_secret(name)
        except GoneError as error:
            message = f"Secret {name} with the bucket's credentials is not in the operator's namespace: create it"
            raise CredentialsError(message) from error
        except RefusedError as error:
            message = f"Secret {name} with the bucket's credentials cannot be read: {error}; let the operator get it"
            raise CredentialsError(message) from error
        try:
            return _Credentials(*(_text(data, field) for field in _CREDENTIAL_FIELDS))
        except (KeyError, binascii.Error, UnicodeDecodeError) as error:
            message = f"Secret {name} must hold the keys {ACCESS_KEY_FIELD} and {SECRET_KEY_FIELD}"
            raise CredentialsError(message) from error


_CREDENTIAL_FIELDS = (ACCESS_KEY_FIELD, SECRET_KEY_FIELD)


def _text(data: Mapping[str, str], field: str) -> str:
    """Return a field of a Secret; raise `KeyError` when it is missing or empty, which S3 would take for anonymous."""
    text = base64.b64decode(data[field]).decode()
    if not text:
        raise KeyError(field)
    return text


def _open(storage: Storage, credentials: _Credentials) -> Minio:
    address = urlsplit(storage.endpoint)
    return Minio(
        endpoint=address.netloc,
        access_key=credentials.access_key,
        secret_key=credentials.secret_key,
        secure=address.scheme == "https",
        region=storage.region,
        http_client=urllib3.PoolManager(
            maxsize=16, timeout=_TIMEOUT, retries=_RETRIES, ssl_context=_ssl_context(storage)
        ),
    )


def _ssl_context(storage: Storage) -> ssl.SSLContext:
    if storage.ca_bundle is None:
        return ssl.create_default_context(cafile=certifi.where())
    return ssl.create_default_context(cadata=storage.ca_bundle)


def _sign(s3: Minio, storage: Storage, grant: UploadGrant) -> UploadForm:
    policy = PostPolicy(storage.bucket, grant.expires)
    policy.add_equals_condition("key", grant.key)
    for name, value in grant.fields.items():
        policy.add_equals_condition(name, value)
    for name, prefix in grant.prefixes.items():
        policy.add_starts_with_condition(name, prefix)
    policy.add_content_length_range_condition(1, grant.max_bytes)
    signed = s3.presigned_post_policy(policy)
    return UploadForm(
        url=f"{storage.endpoint}/{storage.bucket}",
        key=grant.key,
        fields={"key": grant.key, **grant.fields, **signed},
        max_bytes=grant.max_bytes,
    )


def _stat(s3: Minio, bucket: str, key: str) -> StoredObject | None:
    try:
        found = s3.stat_object(bucket, key)
    except S3Error as error:
        if error.code in _MISSING_CODES:
            return None
        raise
    metadata = found.metadata or {}
    return StoredObject(
        key=key,
        bytes=found.size or 0,
        etag=found.etag or "",
        uid=metadata.get(form_field(UID_METADATA), ""),
        run=metadata.get(form_field(RUN_METADATA), ""),
        sha256=metadata.get(form_field(SHA256_METADATA), ""),
    )


def _erase(s3: Minio, bucket: str, erasure: Erasure) -> None:
    # One by one: not every server of S3's kind can delete many at once.
    for key in erasure.keys:
        s3.remove_object(bucket, key)
    if erasure.below is not None:
        for found in s3.list_objects(bucket, prefix=erasure.below, recursive=True):
            s3.remove_object(bucket, found.object_name or "")
