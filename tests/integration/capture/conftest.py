"""The site, a bucket behind forms like the operator's, and what it takes to look at what was stored."""

import io
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from minio.datatypes import PostPolicy
from PIL import Image

from integration.capture.attempt import Attempt, run
from integration.capture.site import SiteServer, running_site
from integration.conftest import S3Server, new_bucket
from kubeshot_contract.job import UploadForm
from kubeshot_contract.options import Format
from kubeshot_contract.spec import CaptureSpec
from kubeshot_contract.storage import SHA256_METADATA, SHA256_PREFIX, UID_METADATA, form_field
from unit.contract.make import make_job, make_spec

# What they do most is waiting: for the window in which a page is quiet, for what never comes.
CONCURRENT_CAPTURES = 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """One bucket: makes forms for it, and reads what they brought."""

    minio: S3Server
    bucket: str

    def form(self, key: str, content_type: str, *, valid_for: timedelta = timedelta(minutes=5)) -> UploadForm:
        """Return a form for one key with the conditions that the operator sets."""
        fields = {"key": key, "Content-Type": content_type, form_field(UID_METADATA): "5f2c"}
        policy = PostPolicy(self.bucket, datetime.now(UTC) + valid_for)
        for name, value in fields.items():
            policy.add_equals_condition(name, value)
        policy.add_starts_with_condition(form_field(SHA256_METADATA), SHA256_PREFIX)
        policy.add_content_length_range_condition(1, 1 << 26)
        signed = self.minio.client().presigned_post_policy(policy)
        return UploadForm(f"{self.minio.url}/{self.bucket}", key, {**fields, **signed}, 1 << 26)

    def forms(self, spec: CaptureSpec) -> dict[str, UploadForm]:
        """Return a form for each output, which is stored here under its name."""
        return {
            output.name: self.form(f"team/{output.name}.{output.format.extension}", output.format.content_type)
            for output in spec.outputs
        }

    def keys(self) -> list[str]:
        """Return what is in the bucket."""
        return [str(found.object_name) for found in self.minio.client().list_objects(self.bucket, recursive=True)]

    def content(self, name: str = "screenshot", image_format: Format = Format.PNG) -> bytes:
        """Return the bytes of an output."""
        response = self.minio.client().get_object(self.bucket, f"team/{name}.{image_format.extension}")
        try:
            return response.read()
        finally:
            response.close()
            response.release_conn()

    def image(self, name: str = "screenshot", image_format: Format = Format.PNG) -> Image.Image:
        """Return the picture of an output."""
        with Image.open(io.BytesIO(self.content(name, image_format))) as image:
            return image.convert("RGB")


@pytest.fixture
def shelf(minio: S3Server, bucket: str) -> Shelf:
    """Return a bucket of the test's own."""
    return Shelf(minio, bucket)


@pytest.fixture(scope="session")
def site() -> Iterator[SiteServer]:
    """Serve the site over http."""
    with running_site() as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a certificate for 127.0.0.1 that nobody signed, and its key."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", file.with_suffix(".crt")),
        ],
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


@pytest.fixture
def secure_site(certificate: Path) -> Iterator[SiteServer]:
    """Serve the site over https with a certificate that no browser trusts."""
    with running_site(certificate) as server:
        yield server


Capture = Callable[..., Attempt]


def capture_page(site: SiteServer, shelf: Shelf, folder: Path, page: str, **changes: Any) -> Attempt:
    """Capture a path of the site, a URL, or HTML into a shelf.

    `changes` are fields of the spec in the CRD's own spelling; `job` among them holds changes of the job.
    """
    job = changes.pop("job", {})
    source = {"html": page} if page.startswith("<") else {"url": site.base + page if page.startswith("/") else page}
    spec = make_spec(**source, **changes)
    return run(make_job(spec, **{"uploads": shelf.forms(spec), **job}), folder)


@pytest.fixture
def capture(site: SiteServer, shelf: Shelf, tmp_path: Path) -> Capture:
    """Return a function that captures a page into the shelf."""
    return partial(capture_page, site, shelf, tmp_path)


class Developed(NamedTuple):
    """A capture that is over, and the bucket it had for itself."""

    attempt: Attempt
    shelf: Shelf


class Album:
    """Captures that mostly wait, several at a time. Each table of them starts with its first test."""

    def __init__(self, site: SiteServer, minio: S3Server, folder: Path) -> None:
        self._site = site
        self._minio = minio
        self._folder = folder
        self._executor = ThreadPoolExecutor(CONCURRENT_CAPTURES)
        self._futures: dict[str, Future[Developed]] = {}

    def develop(self, table: Mapping[str, tuple[str, dict[str, Any]]], name: str) -> Developed:
        """Return the capture of this name in the table: a page and what is said of it."""
        for each, (page, changes) in table.items():
            if each not in self._futures:
                self._futures[each] = self._executor.submit(self._capture, page, changes)
        return self._futures[name].result(timeout=300)

    def close(self) -> None:
        """Give up what has not begun."""
        self._executor.shutdown(cancel_futures=True)

    def _capture(self, page: str, changes: dict[str, Any]) -> Developed:
        shelf = Shelf(self._minio, new_bucket(self._minio))
        folder = self._folder / shelf.bucket
        folder.mkdir()
        return Developed(capture_page(self._site, shelf, folder, page, **changes), shelf)


@pytest.fixture(scope="session")
def album(site: SiteServer, minio: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Album]:
    """Return where tables of captures run concurrently."""
    album = Album(site, minio, tmp_path_factory.mktemp("album"))
    yield album
    album.close()
