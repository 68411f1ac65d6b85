"""A grant allows one key, one type, the request's own mark, and a limited time; nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from kubeshot_operator.decide.uploads import MAX_IMAGE_BYTES, grant_uploads
from unit.contract.make import raw_spec
from unit.operator.builders import NOW, OBJECT_KEY, UID, make_class, make_request


def test_grant_names_everything_that_an_upload_must_say() -> None:
    (grant,) = grant_uploads(make_request(), make_class(), 1, NOW)
    assert (grant.output, grant.key, grant.max_bytes) == ("screenshot", OBJECT_KEY, MAX_IMAGE_BYTES)
    assert grant.fields == {"Content-Type": "image/png", "x-amz-meta-uid": UID, "x-amz-meta-run": "1"}
    assert grant.prefixes == {"x-amz-meta-sha256": "sha256-"}


def test_grant_lasts_as_long_as_an_attempt_that_starts_at_the_deadline() -> None:
    (grant,) = grant_uploads(make_request(), make_class(), 1, NOW)
    assert grant.expires == NOW + timedelta(seconds=60) + timedelta(minutes=5)


def test_each_output_has_a_grant_of_its_own() -> None:
    outputs = [{"name": "a"}, {"name": "b", "area": "FullPage", "format": "JPEG"}]
    grants = grant_uploads(make_request(spec=raw_spec(outputs=outputs)), make_class(), 2, NOW)
    assert [grant.key.rpartition("/")[2] for grant in grants] == ["a.png", "b.jpg"]
    assert [grant.fields["Content-Type"] for grant in grants] == ["image/png", "image/jpeg"]
    assert {grant.fields["x-amz-meta-run"] for grant in grants} == {"2"}


@pytest.mark.parametrize(
    ("output_format", "ending", "fields"),
    [
        ("PNG", "png", {"Content-Type": "image/png"}),
        ("JPEG", "jpg", {"Content-Type": "image/jpeg"}),
        ("WebP", "webp", {"Content-Type": "image/webp"}),
        ("AVIF", "avif", {"Content-Type": "image/avif"}),
        ("PDF", "pdf", {"Content-Type": "application/pdf"}),
        ("HTML", "html", {"Content-Type": "text/html", "Content-Disposition": "attachment"}),
        ("MHTML", "mhtml", {"Content-Type": "multipart/related", "Content-Disposition": "attachment"}),
    ],
)
def test_format_decides_ending_and_type_and_whether_browsers_save_it(
    output_format: str, ending: str, fields: dict[str, str]
) -> None:
    spec = raw_spec(outputs=[{"name": "a", "format": output_format}])
    (grant,) = grant_uploads(make_request(spec=spec), make_class(), 1, NOW)
    assert grant.key.endswith(f"/a.{ending}")
    assert {name: value for name, value in grant.fields.items() if name.startswith("Content-")} == fields


@pytest.mark.parametrize(
    ("encryption", "fields"),
    [
        ({"type": "S3"}, {"x-amz-server-side-encryption": "AES256"}),
        (
            {"type": "KMS", "kmsKeyID": "k1"},
            {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "k1"},
        ),
    ],
    ids=["by the server's key", "by a named key"],
)
def test_encryption_is_prescribed(encryption: dict[str, Any], fields: dict[str, str]) -> None:
    (grant,) = grant_uploads(make_request(), make_class({"encryption": encryption}), 1, NOW)
    assert fields.items() <= grant.fields.items()
