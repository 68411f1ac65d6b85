"""What a capture pod may store: one key per output, of one type, with the request's mark on it, for a while."""

from datetime import datetime, timedelta

from kubeshot_contract.options import Format
from kubeshot_contract.storage import RUN_METADATA, SHA256_METADATA, SHA256_PREFIX, UID_METADATA, form_field
from kubeshot_operator.api.bucket import UploadGrant
from kubeshot_operator.api.capture_class import CaptureClass, Storage
from kubeshot_operator.api.crd import Encryption
from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.decide.naming import object_key

MAX_IMAGE_BYTES = 64 * 2**20

# A form outlives its attempt by this much, for clocks that differ.
_EXPIRY_MARGIN = timedelta(minutes=5)

# Opened at the bucket, these would be pages of its origin, with the scripts of any site, beside the files of all
# namespaces. So browsers are told to save them.
_SAVED = frozenset({Format.HTML, Format.MHTML})

_ENCRYPTION_ALGORITHMS = {Encryption.S3: "AES256", Encryption.KMS: "aws:kms"}


def grant_uploads(
    request: ScreenshotRequest, capture_class: CaptureClass, run: int, deadline: datetime
) -> tuple[UploadGrant, ...]:
    """Return a grant for each output of this run. It lasts as long as an attempt started before `deadline` may run."""
    assert request.spec is not None, "only a request that can be read is captured"
    return tuple(
        UploadGrant(
            output=output.name,
            key=object_key(capture_class.storage, request, run, output),
            fields={
                **_content_fields(output.format),
                form_field(UID_METADATA): request.uid,
                form_field(RUN_METADATA): str(run),
                **_encryption_fields(capture_class.storage),
            },
            prefixes={form_field(SHA256_METADATA): SHA256_PREFIX},
            max_bytes=MAX_IMAGE_BYTES,
            expires=end_of_forms(capture_class, deadline),
        )
        for output in request.spec.page.outputs
    )


def end_of_forms(capture_class: CaptureClass, deadline: datetime) -> datetime:
    """Return when the forms of a run with this deadline are no longer good for anything."""
    return deadline + capture_class.attempt_timeout + _EXPIRY_MARGIN


def _content_fields(output_format: Format) -> dict[str, str]:
    fields = {"Content-Type": output_format.content_type}
    return {**fields, "Content-Disposition": "attachment"} if output_format in _SAVED else fields


def _encryption_fields(storage: Storage) -> dict[str, str]:
    if storage.encryption is None:
        return {}
    fields = {"x-amz-server-side-encryption": _ENCRYPTION_ALGORITHMS[storage.encryption]}
    if storage.kms_key_id is not None:
        fields["x-amz-server-side-encryption-aws-kms-key-id"] = storage.kms_key_id
    return fields
