"""What a capture is asked to do, in environment variables: the job, and the certificates it needs for its upload."""

import base64
import json
import zlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from itertools import count

from kubeshot_contract.egress import Egress, decode_egress, encode_egress
from kubeshot_contract.fields import Fields, MalformedMessageError, parse_message
from kubeshot_contract.options import Sandbox
from kubeshot_contract.parse_spec import parse_spec
from kubeshot_contract.spec import CaptureSpec

JOB_VARIABLE = "CAPTURE_JOB"
STORAGE_CA_VARIABLE = "CAPTURE_STORAGE_CA"
JOB_VERSION = 3

# Linux takes 128 KiB for one variable with its name (MAX_ARG_STRLEN), and 2 MiB for all of them together.
_MAX_VARIABLE = 120_000


@dataclass(frozen=True, slots=True)
class UploadForm:
    """An S3 POST policy form, good for one key. `fields` go before the file, in this order."""

    url: str
    key: str
    fields: dict[str, str]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class CaptureJob:
    """All that one attempt needs. `uploads` has a form per output name; `deadline_ms` bounds it from start to exit.

    `storage_ca` is PEM text.
    """

    namespace: str
    name: str
    uid: str
    run: int
    attempt: int
    spec: CaptureSpec
    uploads: Mapping[str, UploadForm]
    sandbox: Sandbox
    egress: Egress
    deadline_ms: int
    storage_ca: str | None = None


def encode_variables(job: CaptureJob) -> dict[str, str]:
    """Return the environment variables that hold the job: `CAPTURE_JOB`, `CAPTURE_JOB_2`, … and the certificates."""
    text = encode_job(job)
    parts = [text[start : start + _MAX_VARIABLE] for start in range(0, len(text), _MAX_VARIABLE)]
    storage_ca = {} if job.storage_ca is None else {STORAGE_CA_VARIABLE: job.storage_ca}
    return {**{_part(number): part for number, part in enumerate(parts, start=1)}, **storage_ca}


def take_job(environment: MutableMapping[str, str]) -> CaptureJob:
    """Take the job out of these variables, so that no child finds it there; raise `MalformedMessageError`."""
    parts: list[str] = []
    for number in count(1):
        if (part := environment.pop(_part(number), None)) is None:
            break
        parts.append(part)
    return decode_job("".join(parts), environment.pop(STORAGE_CA_VARIABLE, None))


def encode_job(job: CaptureJob) -> str:
    """Return the job without the storage's certificates: JSON, compressed, in Base64.

    Its size has a bound that way, whatever the texts of a spec are made of, and it holds no NUL, which ends a variable,
    and no dollar sign, which the kubelet would expand.
    """
    message = {
        "version": JOB_VERSION,
        "namespace": job.namespace,
        "name": job.name,
        "uid": job.uid,
        "run": job.run,
        "attempt": job.attempt,
        "spec": dict(job.spec.raw),
        "uploads": {name: _encode_form(form) for name, form in job.uploads.items()},
        "sandbox": job.sandbox,
        "egress": encode_egress(job.egress),
        "deadlineMs": job.deadline_ms,
    }
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode())).decode()


def decode_job(text: str, storage_ca: str | None = None) -> CaptureJob:
    """Return the job in this encoded text, with these certificates.

    Raises `MalformedMessageError` when it is not a job, or one of another version.
    """
    fields = parse_message(_decompressed(text))
    if (version := fields.integer("version")) != JOB_VERSION:
        raise MalformedMessageError(f"the job has version {version}, this image reads version {JOB_VERSION}")
    spec = parse_spec(fields.raw("spec"))
    uploads = fields.object("uploads")
    return CaptureJob(
        namespace=fields.text("namespace"),
        name=fields.text("name"),
        uid=fields.text("uid"),
        run=fields.integer("run"),
        attempt=fields.integer("attempt"),
        spec=spec,
        uploads={output.name: _decode_form(uploads.object(output.name)) for output in spec.outputs},
        sandbox=fields.choice("sandbox", Sandbox),
        egress=decode_egress(fields.object("egress")),
        deadline_ms=fields.integer("deadlineMs"),
        storage_ca=storage_ca,
    )


def _decompressed(text: str) -> str:
    try:
        return zlib.decompress(base64.b64decode(text, validate=True)).decode()
    except (ValueError, zlib.error) as error:
        raise MalformedMessageError(f"the job is not compressed text in Base64: {error}") from error


def _part(number: int) -> str:
    return JOB_VARIABLE if number == 1 else f"{JOB_VARIABLE}_{number}"


def _encode_form(form: UploadForm) -> dict[str, object]:
    return {"url": form.url, "key": form.key, "fields": form.fields, "maxBytes": form.max_bytes}


def _decode_form(form: Fields) -> UploadForm:
    return UploadForm(form.text("url"), form.text("key"), form.texts("fields"), form.integer("maxBytes"))
