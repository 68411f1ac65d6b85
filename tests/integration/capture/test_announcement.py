"""A pod tells the operator how it ended, and never fails or waits for it."""

import socket
import time
from pathlib import Path

import pytest

from integration.capture.attempt import Attempt, finish, run, start
from integration.capture.conftest import Shelf
from integration.capture.dispatching import TOKEN, dispatching
from integration.capture.site import SiteServer
from integration.capture.test_process import eventually, family
from kubeshot_contract.dispatch import JobName
from kubeshot_contract.job import CaptureJob, encode_job
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result_message import decode_result
from unit.contract.make import make_job, make_spec


def job_for(site: SiteServer, shelf: Shelf, page: str = "/small") -> CaptureJob:
    spec = make_spec(url=site.base + page)
    return make_job(spec, uploads=shelf.forms(spec))


def announced(job: CaptureJob, folder: Path, service: str, token: str = TOKEN) -> Attempt:
    return run(job, folder, CAPTURE_DISPATCH=service, CAPTURE_TOKEN=token)


def test_a_result_is_announced_as_it_stands_in_the_termination_message(
    site: SiteServer, shelf: Shelf, tmp_path: Path
) -> None:
    job = job_for(site, shelf)
    with dispatching() as server:
        attempt = announced(job, tmp_path, server.service)
    [report] = server.reports
    assert attempt.exit_code == ExitCode.SUCCEEDED, attempt.log
    assert report.name == JobName(job.uid, job.run, job.attempt)
    assert report.result == attempt.result


def test_a_failure_is_announced_too(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    with dispatching() as server:
        attempt = announced(job_for(site, shelf, "/status/404"), tmp_path, server.service)
    [report] = server.reports
    assert attempt.exit_code == ExitCode.HTTP_ERROR
    assert report.result.failure is not None
    assert report.result.failure.reason is Reason.HTTP_ERROR


@pytest.mark.parametrize("statuses", [[503, 503], [421, 421], [401], [500], [409]])
def test_an_operator_that_does_not_take_it_changes_nothing(
    site: SiteServer, shelf: Shelf, tmp_path: Path, statuses: list[int]
) -> None:
    with dispatching() as server:
        server.statuses = [*statuses]
        attempt = announced(job_for(site, shelf), tmp_path, server.service)
    assert attempt.exit_code == ExitCode.SUCCEEDED, attempt.log
    assert attempt.result.finished
    assert server.reports == []
    assert len(server.asked) == len(statuses)


def test_what_was_not_taken_for_now_is_told_once_more(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    with dispatching() as server:
        server.statuses = [503]
        announced(job_for(site, shelf), tmp_path, server.service)
    assert len(server.reports) == 1


@pytest.mark.parametrize("listens", [True, False], ids=["that never answers", "where nobody listens"])
def test_an_operator_is_not_waited_for(site: SiteServer, shelf: Shelf, tmp_path: Path, listens: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        if not listens:
            mute.close()
            service = "127.0.0.1:9"
        else:
            service = f"127.0.0.1:{mute.getsockname()[1]}"
        began = time.monotonic()
        process = start(encode_job(job_for(site, shelf)), tmp_path, CAPTURE_DISPATCH=service, CAPTURE_TOKEN=TOKEN)
        words = tmp_path / "last-words"
        eventually(lambda: words.exists() and decode_result(words.read_text()).finished)
        finished = time.monotonic()
        attempt = finish(process, tmp_path, began)
    assert attempt.exit_code == ExitCode.SUCCEEDED
    # A second for the report, and some time for a busy machine.
    assert time.monotonic() - finished < 5


def test_neither_driver_nor_browser_are_given_the_token(site: SiteServer, tmp_path: Path) -> None:
    job = make_job(make_spec(url=site.base + "/never", wait={"timeout": "30s"}))
    with dispatching() as server:
        process = start(encode_job(job), tmp_path, CAPTURE_DISPATCH=server.service, CAPTURE_TOKEN=TOKEN)
        words = tmp_path / "last-words"
        eventually(lambda: words.exists() and bool(decode_result(words.read_text()).stages))
        children = family(process.pid)
        environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in children]
        process.terminate()
        process.communicate()
    assert len(children) > 3
    assert not any(b"CAPTURE_TOKEN" in found or TOKEN.encode() in found for found in environments)
