"""What goes wrong in a warm pod harms one capture, and the pod goes on, as long as that makes sense."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.capture.conftest import Shelf
from integration.capture.dispatching import dispatching
from integration.capture.site import SiteServer
from integration.capture.test_process import eventually, family, is_gone, renderers
from integration.capture.warm import Warm, job_for, warm_pod
from kubeshot_contract.dispatch import WarmEndReason
from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import CaptureResult

PATIENT = {"delay": "30s", "timeout": "40s"}


def processes(pod: Warm, *words: str) -> Iterator[int]:
    """Yield the processes of a pod that have all these words, or lack them after a "!", in their command line."""
    for pid in family(pod.pid):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        if all((word.removeprefix("!") in line) is not word.startswith("!") for word in words):
            yield pid


def browser_of(pod: Warm) -> int:
    [pid] = processes(pod, "--headless", "!--type=")
    return pid


def reason(result: CaptureResult) -> Reason | None:
    return result.failure.reason if result.failure else None


def test_a_renderer_that_dies_takes_nobody_with_it(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    with dispatching() as server, warm_pod(server, tmp_path) as pod:
        server.add(job_for(shelf, "victim", site.base + "/page", wait=PATIENT))
        eventually(lambda: any(renderers(pod.pid)))
        victims = list(renderers(pod.pid))
        server.add(job_for(shelf, "neighbour", site.base + "/small", wait={"delay": "3s"}))
        eventually(lambda: len(set(renderers(pod.pid)) - set(victims)) > 0)
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        server.wait_for(2)
        server.add(job_for(shelf, "next", site.base + "/small"))
        server.wait_for(3)
    assert reason(server.result("victim")) is Reason.RENDERER_CRASHED
    assert reason(server.result("neighbour")) is None
    assert reason(server.result("next")) is None
    assert "browser-died" not in pod.log()


def test_a_browser_that_dies_is_replaced_until_it_dies_too_often(
    site: SiteServer, shelf: Shelf, tmp_path: Path
) -> None:
    with dispatching() as server, warm_pod(server, tmp_path) as pod:
        for number in range(3):
            server.add(job_for(shelf, f"victim-{number}", site.base + "/page", wait=PATIENT))
            eventually(lambda: any(renderers(pod.pid)))
            os.kill(browser_of(pod), signal.SIGKILL)
            server.wait_for(2 * number + 1)
            assert reason(server.result(f"victim-{number}")) is Reason.RENDERER_CRASHED
            if number < 2:
                server.add(job_for(shelf, f"next-{number}", site.base + "/small"))
                server.wait_for(2 * number + 2)
                assert reason(server.result(f"next-{number}")) is None
        code, end = pod.end()
    assert code == ExitCode.INTERNAL_ERROR
    assert end.reason is WarmEndReason.BROWSER_FAILED
    assert end.captures == 5


def test_a_pod_without_its_driver_ends(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    with dispatching() as server, warm_pod(server, tmp_path) as pod:
        server.add(job_for(shelf, "victim", site.base + "/page", wait=PATIENT))
        eventually(lambda: any(renderers(pod.pid)))
        children = family(pod.pid)
        [driver] = processes(pod, "run-driver")
        os.kill(driver, signal.SIGKILL)
        _, end = pod.end()
    assert end.reason is WarmEndReason.BROWSER_FAILED
    assert reason(server.result("victim")) is not None
    eventually(lambda: all(map(is_gone, children)))


@pytest.mark.parametrize("page", ["/busy", "/busy-later"])
def test_a_page_that_never_answers_is_given_up(site: SiteServer, shelf: Shelf, tmp_path: Path, page: str) -> None:
    deadline = {"deadline_ms": 5000}
    busy = job_for(shelf, "busy", site.base + page, wait={"timeout": "1m"}, job=deadline)
    others = [job_for(shelf, f"other-{number}", site.base + "/small") for number in range(3)]
    with dispatching(busy, *others) as server, warm_pod(server, tmp_path, max_captures=4) as pod:
        code, _ = pod.end()
    assert code == ExitCode.SUCCEEDED
    assert reason(server.result("busy")) is Reason.DEADLINE_EXCEEDED
    assert all(reason(server.result(other.uid)) is None for other in others)


def test_a_browser_that_hangs_is_replaced(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    with dispatching() as server, warm_pod(server, tmp_path, pages=1) as pod:
        server.add(job_for(shelf, "victim", site.base + "/page", wait=PATIENT, job={"deadline_ms": 6000}))
        eventually(lambda: any(renderers(pod.pid)))
        hanging = browser_of(pod)
        os.kill(hanging, signal.SIGSTOP)
        server.wait_for(1)
        server.add(job_for(shelf, "next", site.base + "/small"))
        server.wait_for(2)
        eventually(lambda: is_gone(hanging))
    # By whether the page was open already.
    assert reason(server.result("victim")) in {Reason.DEADLINE_EXCEEDED, Reason.NAVIGATION_TIMEOUT}
    assert reason(server.result("next")) is None


def test_a_job_that_needs_what_only_a_pod_of_its_own_has_fails_alone(
    site: SiteServer, shelf: Shelf, tmp_path: Path
) -> None:
    header = {"name": "X-Key", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}}
    job = job_for(shelf, "secret", site.base + "/small", request={"headers": [header]})
    other = job_for(shelf, "next", site.base + "/small")
    with dispatching(job, other) as server, warm_pod(server, tmp_path, max_captures=2) as pod:
        pod.end()
    assert reason(server.result("secret")) is Reason.INVALID_REQUEST
    assert reason(server.result("next")) is None
