"""Puts an image into the bucket, with a form that is good for its key only."""

import asyncio
import html
import http.client
import re
import secrets
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from kubeshot_capture import log
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.multipart import FormBody, form_body
from kubeshot_capture.stages.encode import EncodedImage
from kubeshot_contract.job import UploadForm
from kubeshot_contract.reasons import Reason
from kubeshot_contract.storage import SHA256_METADATA, SHA256_PREFIX, form_field

SOCKET_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 3.0
MAX_ANSWER_BYTES = 1 << 16

TLS = ssl.SSLContext

# Statuses below 500 by which a server asks to be asked again.
_BUSY_STATUSES = frozenset({408, 429})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the storage said."""

    status: int
    text: str


def tls_context(storage_ca: str | None) -> TLS:
    """Return the trust for the storage: the given PEM bundle and nothing else, or the system's without one."""
    try:
        return ssl.create_default_context(cadata=storage_ca)
    except (ssl.SSLError, ValueError) as error:
        raise CaptureError(Reason.INVALID_REQUEST, f"the CA bundle of the storage is not PEM: {error}") from error


async def run(form: UploadForm, image: EncodedImage, tls: TLS, deadline: Deadline) -> None:
    """Store the image. Broken connections and a busy server are tried again until the deadline; a refusal is final."""
    if len(image.content) > form.max_bytes:
        raise CaptureError(
            Reason.PAGE_TOO_LARGE, f"the image has {len(image.content)} bytes, and {form.max_bytes} are allowed"
        )
    body = _body(form, image)
    complaint = "there was no time left for it"
    for pause in _pauses():
        try:
            answer = await asyncio.to_thread(_post, form.url, body, tls, min(SOCKET_SECONDS, deadline.left() + 0.1))
            if 200 <= answer.status < 300:
                return
            complaint = refusal(answer)
            if not _is_busy(answer.status):
                break
        except ssl.SSLCertVerificationError as error:
            complaint = f"its certificate is not trusted: {error.verify_message}"
            break
        except (OSError, http.client.HTTPException) as error:
            complaint = f"the connection failed: {error or type(error).__name__}"
        log.write("upload-retry", key=form.key, complaint=complaint)
        if deadline.left() <= pause:
            break
        await asyncio.sleep(pause)
    raise CaptureError(Reason.UPLOAD_FAILED, f"{urlsplit(form.url).netloc} did not take the image: {complaint}")


def refusal(answer: Answer) -> str:
    """Return what an S3 server's answer means, with its code and message when there is one."""
    code, message = (_element(name, answer.text) for name in ("Code", "Message"))
    return f"status {answer.status}" + (f", {code}: {message}" if code else "")


def _is_busy(status: int) -> bool:
    return status >= 500 or status in _BUSY_STATUSES


def _element(name: str, text: str) -> str:
    # No XML parser for a text that may come from anywhere, when two words of it are enough.
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return html.unescape(found.group(1)) if found else ""


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _body(form: UploadForm, image: EncodedImage) -> FormBody:
    fields = {**form.fields, form_field(SHA256_METADATA): SHA256_PREFIX + image.sha256}
    return form_body(fields, form.key.rpartition("/")[2], image.content, secrets.token_hex(16))


def _post(url: str, body: FormBody, tls: TLS, seconds: float) -> Answer:
    parts = urlsplit(url)
    with closing(_connection(parts.scheme, parts.netloc, tls, seconds)) as connection:
        connection.putrequest("POST", parts.path or "/")
        connection.putheader("Content-Type", body.content_type)
        connection.putheader("Content-Length", str(body.length))
        connection.endheaders()
        try:
            for chunk in body.chunks():
                connection.send(chunk)
        except (BrokenPipeError, ConnectionResetError) as error:
            return _early_answer(connection, error)
        return _answer(connection)


def _connection(scheme: str, netloc: str, tls: TLS, seconds: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=seconds, context=tls)
    return http.client.HTTPConnection(netloc, timeout=seconds)


def _early_answer(connection: http.client.HTTPConnection, broken: OSError) -> Answer:
    """Return what a server said before it stopped to listen; raise the broken connection when it said nothing."""
    try:
        return _answer(connection)
    except (OSError, http.client.HTTPException):
        raise broken from None


def _answer(connection: http.client.HTTPConnection) -> Answer:
    response = connection.getresponse()
    return Answer(response.status, response.read(MAX_ANSWER_BYTES).decode(errors="replace"))
