"""Each failure has its reason, its exit code and its sentence, and leaves nothing in the bucket."""

import socket
from typing import Any, NamedTuple

import pytest

from integration.capture.conftest import Album, Capture
from integration.capture.site import SiteServer
from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import Reason, exit_code_of
from kubeshot_contract.result import Outcome

QUICK = {"timeout": "1500ms"}
STRICT = {"timeout": "1500ms", "onTimeout": "Fail"}
BUSY: dict[str, Any] = {"wait": QUICK, "job": {"deadline_ms": 15_000}}
ROOT: dict[str, Any] = {"job": {"sandbox": Sandbox.REQUIRED}}


class Expected(NamedTuple):
    """The reason, words of the sentence, and whether it may be better next time."""

    reason: Reason
    words: str
    retryable: bool


FAILURES: dict[str, tuple[str, dict[str, Any], Expected]] = {
    "not found": ("/status/404", {}, Expected(Reason.HTTP_ERROR, "404", False)),
    "a broken server": ("/status/500", {}, Expected(Reason.HTTP_ERROR, "500", True)),
    "an error without a body": ("/no-body", {}, Expected(Reason.HTTP_ERROR, "503", True)),
    "redirects in a loop": ("/loop", {}, Expected(Reason.HTTP_ERROR, "REDIRECTS", False)),
    "a script that leads to an error": ("/moving-on", {}, Expected(Reason.HTTP_ERROR, "404", False)),
    "a PDF": ("/pdf", {}, Expected(Reason.UNSUPPORTED_CONTENT, "application/pdf", False)),
    "a download": ("/download", {}, Expected(Reason.UNSUPPORTED_CONTENT, "application/zip", False)),
    "no content": ("/status/204", {}, Expected(Reason.UNSUPPORTED_CONTENT, "204", False)),
    "no answer": ("/never", {"wait": QUICK}, Expected(Reason.NAVIGATION_TIMEOUT, "1.5 s", True)),
    "no such host": (
        "http://nowhere.invalid/",
        {},
        Expected(Reason.NAME_NOT_RESOLVED, "the name nowhere.invalid can't be resolved", True),
    ),
    "a forbidden port": ("http://127.0.0.1:1/", {}, Expected(Reason.INVALID_REQUEST, "UNSAFE_PORT", False)),
    "a file": ("file:///etc/passwd", {}, Expected(Reason.INVALID_REQUEST, "http", False)),
    "a blank picture": ("/white-on-white", {}, Expected(Reason.BLANK_IMAGE, "plain colour", True)),
    "not settled in time": ("/growing", {"wait": STRICT}, Expected(Reason.NOT_SETTLED, "changing", False)),
    "not loaded in time": ("/image", {"wait": STRICT}, Expected(Reason.NOT_SETTLED, "not loaded", False)),
    "busy": ("/busy", BUSY, Expected(Reason.DEADLINE_EXCEEDED, "leave no time", True)),
    "busy after it was loaded": ("/busy-later", BUSY, Expected(Reason.DEADLINE_EXCEEDED, "leave no time", True)),
    "root in the sandbox": ("/page", ROOT, Expected(Reason.SANDBOX_UNAVAILABLE, "seccomp", False)),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures(album: Album, name: str) -> None:
    attempt, shelf = album.develop({each: case[:2] for each, case in FAILURES.items()}, name)
    expected = FAILURES[name][2]
    assert attempt.reason is expected.reason, attempt.log
    assert attempt.exit_code == exit_code_of(expected.reason)
    assert expected.words in attempt.message
    assert attempt.result.failure is not None
    assert attempt.result.failure.retryable is expected.retryable
    assert attempt.result.finished
    assert attempt.result.stages[-1].outcome is Outcome.FAILED
    assert shelf.keys() == []


def test_a_port_where_nobody_listens_is_a_connection_that_failed(capture: Capture) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        attempt = capture(f"http://127.0.0.1:{closed.getsockname()[1]}/")
    assert attempt.reason is Reason.CONNECTION_FAILED


def test_a_certificate_that_nobody_signed_is_a_tls_failure(capture: Capture, secure_site: SiteServer) -> None:
    attempt = capture(secure_site.base + "/page")
    assert attempt.reason is Reason.TLS_FAILED
    assert "CERT_AUTHORITY_INVALID" in attempt.message


def test_a_busy_page_ends_inside_its_deadline(capture: Capture) -> None:
    attempt = capture("/busy", job={"deadline_ms": 10_000}, wait={"timeout": "1m"})
    # The page alone would have kept it for the minute of its wait.
    assert attempt.result.finished
    assert attempt.exit_code == exit_code_of(Reason.DEADLINE_EXCEEDED)


def test_a_format_that_can_not_hold_a_page_is_refused(capture: Capture) -> None:
    output = {"name": "full", "area": "FullPage", "format": "JPEG"}
    attempt = capture("/stripes?rows=66000", outputs=[output], viewport={"width": 320, "height": 400})
    assert attempt.reason is Reason.PAGE_TOO_LARGE
    assert "66000" in attempt.message
