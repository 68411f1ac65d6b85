"""Puts files into the bucket, each with a form that is good for its key only."""

import asyncio
import html
import http.client
import re
import secrets
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kubeshot_capture import log
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.failures import CaptureError
from kubeshot_capture.material import EncodedFile
from kubeshot_capture.multipart import FormBody, form_body
from kubeshot_contract.job import UploadForm
from kubeshot_contract.reasons import Reason
from kubeshot_contract.storage import SHA256_METADATA, SHA256_PREFIX, form_field

SOCKET_SECONDS = 15.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 3.0
MAX_ANSWER_BYTES = 1 << 16

# Statuses below 500 by which a server asks to be asked again.
_BUSY_STATUSES = frozenset({408, 429})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the storage said."""

    status: int
    text: str


def tls_context(storage_ca: str | None) -> ssl.SSLContext:
    """Return the trust for the storage: the given PEM bundle and nothing else, or the system's without one."""
    try:
        return ssl.create_default_context(cadata=storage_ca)
    except (ssl.SSLError, ValueError) as error:
        raise CaptureError(Reason.INVALID_REQUEST, f"the CA bundle of the storage is not PEM: {error}") from error


class Line:
    """A connection to a server that is kept from one file to the next. `tls` is there for https."""

    def __init__(self, netloc: str, tls: ssl.SSLContext | None) -> None:
        self._connection = (
            http.client.HTTPSConnection(netloc, context=tls) if tls else http.client.HTTPConnection(netloc)
        )

    def post(self, path: str, body: FormBody, seconds: float) -> Answer:
        """Return the answer to a form. Blocks; `OSError` and `HTTPException` say that the connection failed."""
        try:
            return self._post(path, body, seconds)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def _post(self, path: str, body: FormBody, seconds: float) -> Answer:
        connection = self._connection
        connection.timeout = seconds
        if connection.sock:
            connection.sock.settimeout(seconds)
        connection.putrequest("POST", path)
        connection.putheader("Content-Type", body.content_type)
        connection.putheader("Content-Length", str(body.length))
        connection.endheaders()
        try:
            for chunk in body.chunks():
                connection.send(chunk)
        except (BrokenPipeError, ConnectionResetError) as error:
            return self._early_answer(error)
        return self._answer()

    def _early_answer(self, broken: OSError) -> Answer:
        """Return what a server said before it stopped to listen; raise the broken connection when it said nothing."""
        try:
            return self._answer()
        except (OSError, http.client.HTTPException):
            raise broken from None
        finally:
            self._connection.close()

    def _answer(self) -> Answer:
        response = self._connection.getresponse()
        text = response.read(MAX_ANSWER_BYTES).decode(errors="replace")
        if not response.isclosed():
            # There is more than anybody wants to read.
            self._connection.close()
        return Answer(response.status, text)


class Bucket:
    """The destination of a capture in a pod: `uploads` has a form per output name."""

    def __init__(self, uploads: Mapping[str, UploadForm], storage_ca: str | None) -> None:
        self._uploads = uploads
        self._storage_ca = storage_ca
        self._lines: dict[tuple[str, str], Line] = {}

    def check(self) -> None:
        """Raise `CaptureError` when the certificates can't be read."""
        for form in self._uploads.values():
            self._line(form.url)

    async def deliver(self, file: EncodedFile, deadline: Deadline) -> None:
        """Store a file under its output's key."""
        form = self._uploads[file.output.name]
        await run(form, file, self._line(form.url), deadline)

    def _line(self, url: str) -> Line:
        """Return the line to a server; each has one, since files come one after the other."""
        parts = urlsplit(url)
        server = (parts.scheme, parts.netloc)
        if server not in self._lines:
            # Reading the system's certificates takes 30 ms.
            tls = tls_context(self._storage_ca) if parts.scheme == "https" else None
            self._lines[server] = Line(parts.netloc, tls)
        return self._lines[server]


async def run(form: UploadForm, file: EncodedFile, line: Line, deadline: Deadline) -> None:
    """Store the file. Broken connections and a busy server are tried again until the deadline; a refusal is final."""
    if file.bytes > form.max_bytes:
        raise CaptureError(Reason.PAGE_TOO_LARGE, f"the file has {file.bytes} bytes, and {form.max_bytes} are allowed")
    path, body = urlsplit(form.url).path or "/", _body(form, file)
    complaint = "there was no time left for it"
    for pause in _pauses():
        try:
            answer = await asyncio.to_thread(line.post, path, body, min(SOCKET_SECONDS, deadline.left() + 0.1))
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
    raise CaptureError(Reason.UPLOAD_FAILED, f"{urlsplit(form.url).netloc} did not take the file: {complaint}")


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


def _body(form: UploadForm, file: EncodedFile) -> FormBody:
    fields = {**form.fields, form_field(SHA256_METADATA): SHA256_PREFIX + file.sha256}
    return form_body(fields, form.key.rpartition("/")[2], file.path, secrets.token_hex(16))
