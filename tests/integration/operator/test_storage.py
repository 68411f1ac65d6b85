"""Buckets: what holds for the fake and for a real server, and what only a real server can show."""

import asyncio
import base64
import hashlib
import http.server
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from minio import Minio

from integration.conftest import S3Server, new_bucket
from integration.operator.conftest import SecureServer, make_certificate
from kubeshot_contract.job import UploadForm
from kubeshot_operator.adapters.errors import GoneError
from kubeshot_operator.adapters.storage import S3Storage
from kubeshot_operator.api.bucket import (
    Bucket,
    BucketReady,
    BucketUnavailable,
    Erasure,
    StoredObject,
    UploadGrant,
)
from kubeshot_operator.api.capture_class import Storage
from kubeshot_operator.api.crd import Encryption
from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.decide.uploads import grant_uploads
from kubeshot_operator.runtime.ports import Buckets
from unit.contract.make import raw_spec
from unit.operator.builders import OBJECT_KEY, UID, make_class, make_request
from unit.operator.fake_buckets import FakeBuckets

CONTENT = b"an image of some bytes"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Secret:
    """The class's Secret, as the API server gives it; `None` when there is none."""

    data: Mapping[str, str] | None
    reads: int = 0

    async def __call__(self, name: str) -> Mapping[str, str]:
        self.reads += 1
        if self.data is None:
            raise GoneError(f'secrets "{name}" not found')
        return self.data


def secret_of(access_key: str, secret_key: str) -> Secret:
    texts = {"accessKey": access_key, "secretKey": secret_key}
    return Secret({name: base64.b64encode(text.encode()).decode() for name, text in texts.items()})


@dataclass
class Place:
    """Buckets under test, with a storage that exists in them, and how a pod uploads there."""

    buckets: Buckets
    storage: Storage
    upload: Callable[[UploadForm], None]
    secret: Secret = field(default_factory=lambda: Secret(None))
    clock: Clock = field(default_factory=Clock)


PAGE = make_request(spec=raw_spec(outputs=[{"name": "page", "format": "HTML"}]))


def grants(storage: Storage, request: ScreenshotRequest, **changes: Any) -> tuple[UploadGrant, ...]:
    """Return the grant of the one output of a request's first run, good for an hour."""
    capture_class = replace(make_class(), storage=storage)
    (grant,) = grant_uploads(request, capture_class, 1, datetime.now(UTC) + timedelta(hours=1))
    return (replace(grant, **changes),)


def form_of(place: Place, request: ScreenshotRequest | None = None, **changes: Any) -> UploadForm:
    """Check the bucket and return the form of a request's one output, an image unless it is given."""
    assert asyncio.run(place.buckets.check(place.storage)) == BucketReady()
    (form,) = place.buckets.sign(place.storage, grants(place.storage, request or make_request(), **changes)).values()
    return form


def post(
    form: UploadForm,
    content: bytes = CONTENT,
    certificate: Path | None = None,
    changes: Mapping[str, str | None] | None = None,
) -> int:
    """Upload by a form as the capture does; `changes` replace fields, `None` leaves one out. Return the HTTP status."""
    sent = {**form.fields, "x-amz-meta-sha256": f"sha256-{SHA256}", **(changes or {})}
    parts: list[Any] = [(name, value) for name, value in sent.items() if value is not None]
    parts.append(("file", ("image", content, sent["Content-Type"] or "application/octet-stream")))
    with urllib3.PoolManager(ca_certs=str(certificate) if certificate else None, retries=False) as pool:
        return pool.request("POST", form.url, fields=parts).status


SERVERS = ("minio", "seaweedfs")


@pytest.fixture(params=["fake", *SERVERS])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "fake":
        buckets = FakeBuckets()
        return Place(buckets, make_class().storage, lambda form: buckets.upload(form, CONTENT, SHA256))
    server = request.getfixturevalue(request.param)
    return real_place(server, new_bucket(server))


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> S3Server:
    found: S3Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def real(server: S3Server) -> Place:
    return real_place(server, new_bucket(server))


def real_place(server: S3Server, bucket: str) -> Place:
    storage = replace(make_class().storage, endpoint=server.url, bucket=bucket)
    secret, clock = secret_of(server.access_key, server.secret_key), Clock()

    def upload(form: UploadForm) -> None:
        assert post(form) == 204

    return Place(S3Storage(secret, clock), storage, upload, secret, clock)


def problem(place: Place, **changes: Any) -> str:
    """Return what a check says of a storage that cannot be used."""
    answer = asyncio.run(place.buckets.check(replace(place.storage, **changes)))
    assert isinstance(answer, BucketUnavailable)
    return answer.message


def erase(place: Place, *keys: str, below: str | None = None) -> Bucket:
    """Delete objects."""
    return asyncio.run(place.buckets.erase(place.storage, Erasure("default", keys, below)))


class TestBuckets:
    """The port: what every implementation does."""

    def test_bucket_that_exists_is_ready(self, place: Place) -> None:
        assert asyncio.run(place.buckets.check(place.storage)) == BucketReady()

    def test_bucket_that_is_missing_is_named(self, place: Place) -> None:
        assert problem(place, bucket="missing-one").startswith("bucket missing-one does not exist")

    def test_object_that_is_missing_is_absent(self, place: Place) -> None:
        assert asyncio.run(place.buckets.stat(place.storage, (OBJECT_KEY, "other"))) == {}

    def test_upload_is_found_with_its_marks(self, place: Place) -> None:
        place.upload(form_of(place))
        found = asyncio.run(place.buckets.stat(place.storage, (OBJECT_KEY, "other")))
        assert isinstance(found, dict)
        assert list(found) == [OBJECT_KEY]
        expected = StoredObject(OBJECT_KEY, len(CONTENT), found[OBJECT_KEY].etag, UID, "1", f"sha256-{SHA256}")
        assert found[OBJECT_KEY] == expected
        assert found[OBJECT_KEY].etag

    def test_erased_object_is_gone_and_erasing_it_again_is_no_error(self, place: Place) -> None:
        place.upload(form_of(place))
        for _ in range(2):
            assert erase(place, OBJECT_KEY, "other") == BucketReady()
            assert asyncio.run(place.buckets.stat(place.storage, (OBJECT_KEY,))) == {}

    def test_objects_below_a_prefix_are_erased_and_no_others(self, place: Place) -> None:
        others = make_request(uid=UID.replace("5f2c", "5f2d"))
        ours, theirs = (form_of(place, request) for request in (make_request(), others))
        for form in (ours, theirs):
            place.upload(form)
        assert erase(place, below=f"team/shot/{UID}/") == BucketReady()
        found = asyncio.run(place.buckets.stat(place.storage, (ours.key, theirs.key)))
        assert isinstance(found, dict)
        assert list(found) == [theirs.key]

    def test_bucket_that_is_missing_cannot_be_erased_in(self, place: Place) -> None:
        place.storage = replace(place.storage, bucket="missing-one")
        answer = erase(place, OBJECT_KEY)
        assert isinstance(answer, BucketUnavailable)
        assert answer.message.startswith("bucket missing-one does not exist")

    def test_form_is_for_the_key_of_its_grant(self, place: Place) -> None:
        form = form_of(place)
        assert (form.key, form.fields["key"], form.max_bytes) == (OBJECT_KEY, OBJECT_KEY, 64 * 2**20)
        assert form.url == f"{place.storage.endpoint}/{place.storage.bucket}"


class TestForm:
    """What the server takes by a form, and what it refuses."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"key": f"{OBJECT_KEY}.other"},
            {"key": "${filename}"},
            {"Content-Type": "text/html"},
            {"x-amz-meta-uid": "another"},
            {"x-amz-meta-run": "2"},
            {"x-amz-meta-run": None},
            {"x-amz-meta-sha256": None},
            {"x-amz-meta-sha256": "md5-1234"},
            {"x-amz-signature": "0" * 64},
            {"policy": base64.b64encode(b"{}").decode()},
        ],
        ids=[
            "another key",
            "a key that the client makes up",
            "another type",
            "another request's mark",
            "another run's mark",
            "no run",
            "no digest",
            "no SHA-256",
            "a signature that is none",
            "another policy",
        ],
    )
    def test_server_refuses(self, real: Place, changes: dict[str, str | None]) -> None:
        assert 400 <= post(form_of(real), changes=changes) < 500
        assert asyncio.run(real.buckets.stat(real.storage, (OBJECT_KEY,))) == {}

    def test_page_is_stored_to_be_saved_and_not_opened(self, real: Place, server: S3Server) -> None:
        form = form_of(real, PAGE)
        assert post(form) == 204
        headers = server.client().stat_object(real.storage.bucket, form.key).metadata or {}
        assert (headers["content-type"], headers["content-disposition"]) == ("text/html", "attachment")

    @pytest.mark.parametrize("disposition", [None, "inline"])
    def test_page_that_would_be_opened_is_refused(self, real: Place, disposition: str | None) -> None:
        form = form_of(real, PAGE)
        assert 400 <= post(form, changes={"Content-Disposition": disposition}) < 500
        assert asyncio.run(real.buckets.stat(real.storage, (form.key,))) == {}

    @pytest.mark.parametrize(("size", "status"), [(0, 400), (1, 204), (100, 204), (101, 400)])
    def test_size_is_bounded(self, real: Place, size: int, status: int) -> None:
        assert post(form_of(real, max_bytes=100), b"x" * size) == status

    def test_form_expires(self, real: Place) -> None:
        expired = form_of(real, expires=datetime.now(UTC) - timedelta(seconds=5))
        assert post(expired) in (400, 403)


class TestTroubles:
    """What is wrong with a storage is said in a sentence that helps."""

    def test_wrong_secret_key(self, real: Place, server: S3Server) -> None:
        real.secret.data = secret_of(server.access_key, "wrong-secret").data
        assert re.search("refuses the credentials .*: check Secret bucket", problem(real))

    def test_wrong_access_key(self, real: Place) -> None:
        real.secret.data = secret_of("nobody-here", "wrong-secret").data
        assert re.search("refuses the credentials .*: check Secret bucket", problem(real))

    @pytest.mark.parametrize(
        ("data", "told"),
        [
            (None, "is not in the operator's namespace: create it"),
            ({}, "must hold the keys accessKey and secretKey"),
            ({"accessKey": "YQ=="}, "must hold the keys accessKey and secretKey"),
            ({"accessKey": "YQ==", "secretKey": "/w=="}, "must hold the keys accessKey and secretKey"),
            ({"accessKey": "", "secretKey": ""}, "must hold the keys accessKey and secretKey"),
        ],
        ids=["no Secret", "empty Secret", "half of it", "not text", "empty values"],
    )
    def test_secret(self, real: Place, data: dict[str, str] | None, told: str) -> None:
        real.secret.data = data
        assert told in problem(real)

    def test_unknown_host(self, real: Place) -> None:
        assert "cannot be reached" in problem(real, endpoint="http://nowhere.invalid:9000")

    def test_refused_port_says_the_same_each_time(self, real: Place) -> None:
        first = problem(real, endpoint="http://127.0.0.1:9")
        real.clock.now += 60
        assert first == problem(real, endpoint="http://127.0.0.1:9"), "a changing message would be a write at each look"
        assert "http://127.0.0.1:9" in first

    def test_web_server_that_knows_no_buckets(self, real: Place, web_server: str) -> None:
        assert f"{web_server}: the server answers BadRequest" in problem(real, endpoint=web_server)

    @pytest.mark.xfail(strict=True, reason="a bucket is looked for by HEAD, whose answer says nothing about the server")
    def test_web_server_that_has_a_page_everywhere(self, real: Place, web_server: str) -> None:
        assert "check the class's endpoint" in problem(real, endpoint=web_server, bucket="page")

    def test_https_to_a_plain_server(self, real: Place) -> None:
        secure = real.storage.endpoint.replace("http:", "https:")
        assert "TLS fails" in problem(real, endpoint=secure)

    def test_bundle_that_holds_no_certificate(self, real: Place) -> None:
        assert "check the class's caBundle" in problem(real, endpoint="https://127.0.0.1:9", ca_bundle="nothing")

    def test_stat_tells_of_a_server_that_is_away(self, real: Place) -> None:
        gone = replace(real.storage, endpoint="http://127.0.0.1:9")
        found = asyncio.run(real.buckets.stat(gone, (OBJECT_KEY,)))
        assert isinstance(found, BucketUnavailable)


class TestBelief:
    """How long an answer is believed."""

    def test_good_answer_for_half_a_minute(self, real: Place) -> None:
        for moment, reads in ((0.0, 1), (29.0, 1), (31.0, 2)):
            real.clock.now = moment
            assert asyncio.run(real.buckets.check(real.storage)) == BucketReady()
            assert real.secret.reads == reads

    def test_bad_answer_for_five_seconds(self, real: Place) -> None:
        good, real.secret.data = real.secret.data, None
        assert "create it" in problem(real)
        real.secret.data = good
        real.clock.now = 4.0
        assert "create it" in problem(real)
        real.clock.now = 6.0
        assert asyncio.run(real.buckets.check(real.storage)) == BucketReady()

    def test_many_at_once_look_once(self, real: Place) -> None:
        async def ask() -> None:
            await asyncio.gather(*(real.buckets.check(real.storage) for _ in range(8)))

        asyncio.run(ask())
        assert real.secret.reads == 1

    def test_doubt_reads_rotated_credentials(self, real: Place) -> None:
        good = real.secret.data
        assert asyncio.run(real.buckets.check(real.storage)) == BucketReady()
        real.secret.data = secret_of("nobody-here", "wrong-secret").data
        real.buckets.doubt(real.storage)
        assert "refuses the credentials" in problem(real)
        real.secret.data, real.clock.now = good, 6.0
        assert asyncio.run(real.buckets.stat(real.storage, (OBJECT_KEY,))) == {}


class TestSecureServer:
    """TLS with an authority of one's own, and encryption at rest."""

    @pytest.fixture
    def secure(self, secure_minio: SecureServer) -> Place:
        ca_bundle = secure_minio.certificate.read_text("ascii")
        storage = replace(make_class().storage, endpoint=secure_minio.endpoint, ca_bundle=ca_bundle, bucket="secure")
        client = Minio(
            secure_minio.endpoint.removeprefix("https://"),
            access_key=secure_minio.access_key,
            secret_key=secure_minio.secret_key,
            region="us-east-1",
            http_client=urllib3.PoolManager(ca_certs=str(secure_minio.certificate)),
        )
        if not client.bucket_exists("secure"):
            client.make_bucket("secure")
        secret = secret_of(secure_minio.access_key, secure_minio.secret_key)

        def upload(form: UploadForm) -> None:
            assert post(form, certificate=secure_minio.certificate) == 204

        return Place(S3Storage(secret, Clock()), storage, upload, secret)

    def test_right_authority(self, secure: Place) -> None:
        assert asyncio.run(secure.buckets.check(secure.storage)) == BucketReady()

    def test_no_authority(self, secure: Place) -> None:
        assert "TLS fails: check the class's caBundle" in problem(secure, ca_bundle=None)

    def test_wrong_authority(self, secure: Place, tmp_path: Path) -> None:
        make_certificate(tmp_path)
        other = (tmp_path / "public.crt").read_text("ascii")
        assert "TLS fails: check the class's caBundle" in problem(secure, ca_bundle=other)

    @pytest.mark.parametrize("encryption", list(Encryption))
    def test_encrypted_upload_is_taken_and_found(
        self, secure: Place, secure_minio: SecureServer, encryption: Encryption
    ) -> None:
        key_id = secure_minio.key_name if encryption is Encryption.KMS else None
        secure.storage = replace(secure.storage, encryption=encryption, kms_key_id=key_id)
        secure.upload(form_of(secure))
        found = asyncio.run(secure.buckets.stat(secure.storage, (OBJECT_KEY,)))
        assert isinstance(found, dict)
        assert (found[OBJECT_KEY].bytes, found[OBJECT_KEY].sha256) == (len(CONTENT), f"sha256-{SHA256}")

    def test_upload_without_the_prescribed_encryption_is_refused(
        self, secure: Place, secure_minio: SecureServer
    ) -> None:
        secure.storage = replace(secure.storage, encryption=Encryption.S3)
        field_name = "x-amz-server-side-encryption"
        status = post(form_of(secure), certificate=secure_minio.certificate, changes={field_name: None})
        assert 400 <= status < 500


class _WebServer(http.server.BaseHTTPRequestHandler):
    """Has one page, and calls all else a bad request."""

    def do_HEAD(self) -> None:
        """Answer as a web server that is not S3."""
        self.send_response(200 if self.path.startswith("/page") else 400)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def web_server() -> Iterator[str]:
    """Run a web server and return its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _WebServer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
