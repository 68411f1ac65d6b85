"""The process: it always leaves a result, and never leaves a browser."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integration.capture.attempt import finish, run, start
from integration.capture.conftest import Shelf
from integration.capture.site import SiteServer
from kubeshot_capture.processes import descendants, parents
from kubeshot_contract.job import encode_job
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Stage
from kubeshot_contract.result_message import decode_result
from unit.contract.make import make_job, make_spec

PATIENT = {"timeout": "30s"}


def eventually(condition: Callable[[], bool], within: float = 20.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def family(of: int) -> list[int]:
    return list(descendants(parents(Path("/proc")), of))


def renderers(of: int) -> Iterator[int]:
    for pid in family(of):
        try:
            if "--type=renderer" in Path(f"/proc/{pid}/cmdline").read_text():
                yield pid
        except OSError:
            continue


def is_gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def test_a_termination_ends_at_once_with_the_result_so_far(site: SiteServer, tmp_path: Path) -> None:
    began = time.monotonic()
    process = start(encode_job(make_job(make_spec(url=site.base + "/never", wait=PATIENT))), tmp_path)
    words = tmp_path / "last-words"
    eventually(lambda: words.exists() and bool(decode_result(words.read_text()).stages))
    children = family(process.pid)
    assert len(children) > 3
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    attempt = finish(process, tmp_path, began)
    assert attempt.exit_code == 143
    assert time.monotonic() - asked < 2
    assert not attempt.result.finished
    eventually(lambda: all(map(is_gone, children)))


def test_nothing_is_left_of_a_capture(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    seen: set[int] = set()
    spec = make_spec(url=site.base + "/small")
    process = start(encode_job(make_job(spec, uploads=shelf.forms(spec))), tmp_path)

    def watch() -> None:
        while process.poll() is None:
            seen.update(family(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert finish(process, tmp_path, time.monotonic()).exit_code == ExitCode.SUCCEEDED
    watcher.join()
    assert len(seen) > 3
    eventually(lambda: all(map(is_gone, seen)))


def test_a_renderer_that_dies_is_noticed_at_once(site: SiteServer, tmp_path: Path) -> None:
    began = time.monotonic()
    job = make_job(make_spec(url=site.base + "/page", wait={"delay": "30s", "timeout": "40s"}))
    process = start(encode_job(job), tmp_path)
    words = tmp_path / "last-words"
    eventually(lambda: words.exists() and len(decode_result(words.read_text()).stages) == 3)
    for renderer in renderers(process.pid):
        os.kill(renderer, signal.SIGKILL)
    attempt = finish(process, tmp_path, began)
    assert attempt.reason is Reason.RENDERER_CRASHED
    assert attempt.exit_code == ExitCode.RENDERER_CRASHED
    assert attempt.seconds < 15


def test_a_browser_that_dies_is_noticed_at_once(site: SiteServer, tmp_path: Path) -> None:
    began = time.monotonic()
    process = start(encode_job(make_job(make_spec(url=site.base + "/never", wait=PATIENT))), tmp_path)
    eventually(lambda: any(renderers(process.pid)))
    words = tmp_path / "last-words"
    eventually(lambda: bool(decode_result(words.read_text()).stages))
    for pid in family(process.pid):
        command = Path(f"/proc/{pid}/cmdline").read_text()
        if "--headless" in command and "--type=" not in command:
            os.kill(pid, signal.SIGKILL)
    attempt = finish(process, tmp_path, began)
    assert attempt.reason is Reason.RENDERER_CRASHED
    assert attempt.seconds < 15


@pytest.mark.parametrize("job", ["", "{}", "not JSON", "[" * 50_000])
def test_a_job_that_can_not_be_read_is_the_requests_fault(tmp_path: Path, job: str) -> None:
    attempt = finish(start(job, tmp_path), tmp_path, time.monotonic())
    assert attempt.exit_code == ExitCode.INVALID_REQUEST
    assert attempt.reason is Reason.INVALID_REQUEST
    assert "CAPTURE_JOB" in attempt.message


def test_what_nobody_foresaw_is_told_with_a_traceback_in_the_log(tmp_path: Path) -> None:
    attempt = run(make_job(), tmp_path, KUBESHOT_CHROMIUM="/nowhere/chromium")
    assert attempt.exit_code == ExitCode.INTERNAL_ERROR
    assert attempt.reason is Reason.INTERNAL_ERROR
    assert "/nowhere/chromium" in attempt.message


def test_the_log_is_one_object_a_line(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    spec = make_spec(url=site.base + "/small")
    log = run(make_job(spec, uploads=shelf.forms(spec)), tmp_path).log
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert events[0] == "started"
    assert events[-1] == "finished"
    assert events.count("stage") == len(Stage)
