"""Images reach the bucket through bad moments of the storage, and a refusal is told in the storage's words."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from integration.capture.conftest import Capture, Shelf
from integration.capture.site import SiteServer, running_site
from integration.conftest import S3Server, new_bucket
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Stage
from unit.contract.make import make_form


def test_a_form_that_is_too_old_is_refused_in_the_storages_words(capture: Capture, shelf: Shelf) -> None:
    form = shelf.form("team/screenshot.png", "image/png", valid_for=timedelta(seconds=-5))
    attempt = capture("/small", job={"uploads": {"screenshot": form}})
    assert attempt.reason is Reason.UPLOAD_FAILED
    assert attempt.exit_code == ExitCode.UPLOAD_FAILED
    assert "status 403, AccessDenied" in attempt.message
    assert "expired" in attempt.message


def test_a_form_is_good_for_its_key_only(capture: Capture, shelf: Shelf) -> None:
    form = shelf.form("team/screenshot.png", "image/png")
    other = make_form(url=form.url, key="other.png", fields={**form.fields, "key": "other.png"})
    assert capture("/small", job={"uploads": {"screenshot": other}}).reason is Reason.UPLOAD_FAILED
    assert shelf.keys() == []


def test_what_was_stored_before_a_failure_is_told(capture: Capture, shelf: Shelf) -> None:
    new = shelf.form("team/early.png", "image/png")
    old = shelf.form("team/late.png", "image/png", valid_for=timedelta(seconds=-5))
    outputs = [{"name": "early"}, {"name": "late"}]
    attempt = capture("/small", outputs=outputs, job={"uploads": {"early": new, "late": old}})
    assert attempt.reason is Reason.UPLOAD_FAILED
    assert [output.name for output in attempt.result.outputs] == ["early"]
    assert shelf.keys() == ["team/early.png"]


def test_another_server_of_s3_takes_the_same_forms(capture: Capture, seaweedfs: S3Server) -> None:
    shelf = Shelf(seaweedfs, new_bucket(seaweedfs))
    form = shelf.form("team/screenshot.png", "image/png")
    attempt = capture("/small", job={"uploads": {"screenshot": form}})
    assert attempt.exit_code == ExitCode.SUCCEEDED, attempt.log
    assert shelf.keys() == ["team/screenshot.png"]


def test_an_image_above_the_limit_is_not_sent(capture: Capture, shelf: Shelf) -> None:
    form = shelf.form("team/screenshot.png", "image/png")
    small = make_form(url=form.url, key=form.key, fields=form.fields, max_bytes=100)
    attempt = capture("/small", job={"uploads": {"screenshot": small}})
    assert attempt.reason is Reason.PAGE_TOO_LARGE
    assert "100 are allowed" in attempt.message


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_storage_is_asked_again(capture: Capture, status: int) -> None:
    with running_site() as storage:
        storage.answers[:] = [status, status]
        attempt = capture("/small", job={"uploads": {"screenshot": make_form(url=storage.base)}})
        assert attempt.exit_code == ExitCode.SUCCEEDED, attempt.log
        assert len(storage.uploads) == 3
    retries = [line for line in attempt.log.splitlines() if json.loads(line)["event"] == "upload-retry"]
    assert len(retries) == 2


def test_outputs_share_a_connection(capture: Capture) -> None:
    outputs = [{"name": name} for name in ("one", "two", "three")]
    with running_site() as storage:
        forms = {str(output["name"]): make_form(url=storage.base) for output in outputs}
        attempt = capture("/small", outputs=outputs, job={"uploads": forms})
        assert (len(storage.uploads), storage.connections) == (3, 1), attempt.log


def test_a_storage_that_is_not_there_fails_inside_the_deadline(capture: Capture) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        form = make_form(url=f"http://127.0.0.1:{closed.getsockname()[1]}/bucket")
        attempt = capture("/small", job={"uploads": {"screenshot": form}, "deadline_ms": 6000})
    assert attempt.reason is Reason.UPLOAD_FAILED
    assert "refused" in attempt.message
    # Without the deadline it would try for longer than the harness waits.
    assert attempt.result.finished
    assert attempt.result.stages[-1].stage is Stage.UPLOAD


def test_a_storage_with_a_certificate_of_its_own_is_trusted_by_the_given_bundle(
    capture: Capture, secure_site: SiteServer, certificate: Path
) -> None:
    job = {"uploads": {"screenshot": make_form(url=secure_site.base)}}
    bundle = certificate.with_suffix(".crt").read_text()
    assert capture("/small", job={**job, "storage_ca": bundle}).exit_code == ExitCode.SUCCEEDED
    assert len(secure_site.uploads) == 1
    refused = capture("/small", job=job)
    assert refused.reason is Reason.UPLOAD_FAILED
    assert "not trusted" in refused.message
