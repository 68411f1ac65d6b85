"""What a capture is asked to do, in environment variables: the job, and the certificates it needs for its upload."""

import base64
import binascii
import json
from dataclasses import dataclass
from enum import StrEnum

from kubeshot_contract.fields import Fields, MalformedMessageError, parse_message

JOB_VARIABLE = "CAPTURE_JOB"
# Apart from the job: Linux takes 128 KiB per variable, and the longest job that the CRDs allow is 124 KB without it.
STORAGE_CA_VARIABLE = "CAPTURE_STORAGE_CA"
JOB_VERSION = 1


class Until(StrEnum):
    """How far a page has to be before its picture is taken."""

    SETTLED = "Settled"
    LOAD = "Load"
    DOM_CONTENT_LOADED = "DOMContentLoaded"


class OnTimeout(StrEnum):
    """What happens when the page is not that far in time."""

    CAPTURE = "Capture"
    FAIL = "Fail"


class Area(StrEnum):
    """What part of the page an image shows."""

    VIEWPORT = "Viewport"
    FULL_PAGE = "FullPage"


class ImageFormat(StrEnum):
    """The encoding of an image."""

    PNG = "PNG"
    JPEG = "JPEG"

    @property
    def extension(self) -> str:
        """The ending of a key that holds this format, without its dot."""
        return {ImageFormat.PNG: "png", ImageFormat.JPEG: "jpg"}[self]

    @property
    def content_type(self) -> str:
        """The media type of this format."""
        return f"image/{self.value.lower()}"


class Sandbox(StrEnum):
    """Whether Chromium must run inside its own sandbox."""

    REQUIRED = "Required"
    DISABLED = "Disabled"


@dataclass(frozen=True, slots=True)
class URLSource:
    """A page to be fetched."""

    url: str


@dataclass(frozen=True, slots=True)
class HTMLSource:
    """A page given as text, at most 64 KiB of UTF-8."""

    html: str


Source = URLSource | HTMLSource


@dataclass(frozen=True, slots=True)
class Viewport:
    """The size of the window in CSS pixels, and the device scale factor."""

    width: int
    height: int
    scale: float


@dataclass(frozen=True, slots=True)
class WaitRule:
    """How long a page may take between navigation and shot, and what it must have reached."""

    until: Until
    delay_ms: int
    timeout_ms: int
    on_timeout: OnTimeout


@dataclass(frozen=True, slots=True)
class UploadForm:
    """An S3 POST policy form, good for one key. `fields` go before the file, in this order."""

    url: str
    key: str
    fields: dict[str, str]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class OutputJob:
    """One image: what it shows, how it is encoded, where it goes. `quality` is 1..100, JPEG only."""

    name: str
    area: Area
    format: ImageFormat
    quality: int | None
    upload: UploadForm


@dataclass(frozen=True, slots=True)
class CaptureJob:
    """All that one attempt needs. `deadline_ms` bounds it from start to exit; `storage_ca` is PEM text."""

    namespace: str
    name: str
    uid: str
    run: int
    attempt: int
    source: Source
    viewport: Viewport
    wait: WaitRule
    fail_on_http_status: bool
    outputs: tuple[OutputJob, ...]
    sandbox: Sandbox
    deadline_ms: int
    storage_ca: str | None = None


def encode_variables(job: CaptureJob) -> dict[str, str]:
    """Return the environment variables that hold the job."""
    storage_ca = {} if job.storage_ca is None else {STORAGE_CA_VARIABLE: job.storage_ca}
    return {JOB_VARIABLE: encode_job(job), **storage_ca}


def encode_job(job: CaptureJob) -> str:
    """Return the job as JSON, without the storage's certificates and without a dollar sign.

    The kubelet would expand `$(…)` and halve `$$` in a variable.

    HTML travels as Base64, so that its size in the variable is known.
    """
    message = {
        "version": JOB_VERSION,
        "namespace": job.namespace,
        "name": job.name,
        "uid": job.uid,
        "run": job.run,
        "attempt": job.attempt,
        "source": _encode_source(job.source),
        "viewport": {"width": job.viewport.width, "height": job.viewport.height, "scale": job.viewport.scale},
        "wait": {
            "until": job.wait.until,
            "delayMs": job.wait.delay_ms,
            "timeoutMs": job.wait.timeout_ms,
            "onTimeout": job.wait.on_timeout,
        },
        "failOn": {"httpStatus": job.fail_on_http_status},
        "outputs": [_encode_output(output) for output in job.outputs],
        "sandbox": job.sandbox,
        "deadlineMs": job.deadline_ms,
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).replace("$", "\\u0024")


def decode_job(text: str, storage_ca: str | None = None) -> CaptureJob:
    """Return the job in this JSON text, with these certificates.

    Raises `MalformedMessageError` when it is not a job, or one of another version.
    """
    fields = parse_message(text)
    if (version := fields.integer("version")) != JOB_VERSION:
        raise MalformedMessageError(f"the job has version {version}, this image reads version {JOB_VERSION}")
    wait = fields.object("wait")
    viewport = fields.object("viewport")
    return CaptureJob(
        namespace=fields.text("namespace"),
        name=fields.text("name"),
        uid=fields.text("uid"),
        run=fields.integer("run"),
        attempt=fields.integer("attempt"),
        source=_decode_source(fields.object("source")),
        viewport=Viewport(viewport.integer("width"), viewport.integer("height"), viewport.number("scale")),
        wait=WaitRule(
            until=wait.choice("until", Until),
            delay_ms=wait.integer("delayMs"),
            timeout_ms=wait.integer("timeoutMs"),
            on_timeout=wait.choice("onTimeout", OnTimeout),
        ),
        fail_on_http_status=fields.object("failOn").boolean("httpStatus"),
        outputs=fields.items("outputs", _decode_output),
        sandbox=fields.choice("sandbox", Sandbox),
        deadline_ms=fields.integer("deadlineMs"),
        storage_ca=storage_ca,
    )


def _encode_source(source: Source) -> dict[str, str]:
    match source:
        case URLSource(url):
            return {"url": url}
        case HTMLSource(html):
            return {"htmlBase64": base64.b64encode(html.encode()).decode()}


def _decode_source(fields: Fields) -> Source:
    if fields.has("url"):
        return URLSource(fields.text("url"))
    try:
        return HTMLSource(base64.b64decode(fields.text("htmlBase64"), validate=True).decode())
    except (binascii.Error, UnicodeDecodeError) as error:
        raise MalformedMessageError(f"source.htmlBase64 is not Base64 of UTF-8: {error}") from error


def _encode_output(output: OutputJob) -> dict[str, object]:
    upload = output.upload
    return {
        "name": output.name,
        "area": output.area,
        "format": output.format,
        "quality": output.quality,
        "upload": {"url": upload.url, "key": upload.key, "fields": upload.fields, "maxBytes": upload.max_bytes},
    }


def _decode_output(fields: Fields) -> OutputJob:
    upload = fields.object("upload")
    return OutputJob(
        name=fields.text("name"),
        area=fields.choice("area", Area),
        format=fields.choice("format", ImageFormat),
        quality=fields.optional_integer("quality", least=1, most=100),
        upload=UploadForm(
            url=upload.text("url"),
            key=upload.text("key"),
            fields=upload.texts("fields"),
            max_bytes=upload.integer("maxBytes"),
        ),
    )
