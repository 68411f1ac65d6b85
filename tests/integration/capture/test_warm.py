"""A warm pod makes the same captures as pods of their own, and ends when it should."""

import time
from pathlib import Path

from integration.capture.conftest import Shelf
from integration.capture.dispatching import TOKEN, dispatching
from integration.capture.site import SiteServer
from integration.capture.test_process import eventually, family, is_gone
from integration.capture.warm import job_for, warm_pod
from kubeshot_contract.dispatch import CLAIM_PATH, RESULT_PATH, Claim, JobName, WarmEnd, WarmEndReason
from kubeshot_contract.job import UploadForm
from kubeshot_contract.reasons import ExitCode
from kubeshot_contract.result import Stage

SLOW = {"delay": "3s"}


def test_jobs_are_claimed_made_and_reported(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    jobs = [job_for(shelf, f"uid-{number}", site.base + "/small") for number in range(5)]
    with dispatching(*jobs) as server, warm_pod(server, tmp_path, max_captures=5) as pod:
        assert pod.end() == (ExitCode.SUCCEEDED, WarmEnd(5, WarmEndReason.MAX_CAPTURES)), pod.log()
    for job in jobs:
        result = server.result(job.uid)
        assert result.failure is None
        assert [verdict.stage for verdict in result.stages] == list(Stage)
    assert sorted(shelf.keys()) == [f"{job.uid}/screenshot.png" for job in jobs]
    assert all(claim.free <= 2 for claim in server.claims)


def test_a_claim_names_what_is_at_hand(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    job = job_for(shelf, "slow", site.base + "/small", wait=SLOW)
    with dispatching(job) as server, warm_pod(server, tmp_path):
        server.wait_for(1)
        assert server.claims[0] == Claim(2)
        assert Claim(1, (JobName(job.uid, job.run, job.attempt),)) in server.claims


def test_the_next_page_opens_while_files_are_on_their_way(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    site.upload_seconds = 2.0
    try:
        form = UploadForm(site.base + "/bucket", "key", {"key": "key"}, 1 << 26)
        jobs = [
            job_for(shelf, uid, site.base + "/small", job={"uploads": {"screenshot": form}}) for uid in ("one", "two")
        ]
        with dispatching(*jobs) as server, warm_pod(server, tmp_path, max_captures=2, pages=1):
            server.wait_for(1)
            first = time.monotonic()
            server.wait_for(2)
            assert time.monotonic() - first < 2.0, "the second page waited for the first one's file"
    finally:
        site.upload_seconds = 0.0


def test_a_job_that_is_handed_out_again_is_reported_again(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    job = job_for(shelf, "twice", site.base + "/small")
    with dispatching(job) as server, warm_pod(server, tmp_path, pages=1) as pod:
        server.wait_for(1)
        eventually(lambda: server.claims[-1] == Claim(1))
        server.add(job)
        server.wait_for(2)
        server.dismiss()
        assert pod.end() == (ExitCode.SUCCEEDED, WarmEnd(1, WarmEndReason.DRAINED))
    assert server.reports[0] == server.reports[1]
    assert pod.log().count('"started"') == 1


def test_a_report_is_told_until_it_is_taken(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    with dispatching() as server, warm_pod(server, tmp_path, max_captures=1) as pod:
        server.wait_for_claim()
        server.statuses = [503, 421, 500]
        server.add(job_for(shelf, "patient", site.base + "/small"))
        pod.end()
    assert server.asked.count(RESULT_PATH) > 1
    assert [report.name.uid for report in server.reports] == ["patient"]


def test_a_pod_without_work_ends(tmp_path: Path) -> None:
    with dispatching() as server, warm_pod(server, tmp_path, idle_timeout_ms=2000) as pod:
        assert pod.end() == (ExitCode.SUCCEEDED, WarmEnd(0, WarmEndReason.IDLE))


def test_a_pod_whose_service_never_answers_ends(tmp_path: Path) -> None:
    with dispatching() as server:
        server.statuses = [421] * 100
        with warm_pod(server, tmp_path, idle_timeout_ms=2000) as pod:
            assert pod.end() == (ExitCode.SUCCEEDED, WarmEnd(0, WarmEndReason.UNREACHABLE))


def test_a_pod_that_is_not_known_any_more_ends(tmp_path: Path) -> None:
    with dispatching() as server:
        server.token = "of another pod"
        with warm_pod(server, tmp_path) as pod:
            assert pod.end() == (ExitCode.SUCCEEDED, WarmEnd(0, WarmEndReason.REFUSED))
    assert server.asked == [CLAIM_PATH]


def test_a_pod_that_is_too_old_finishes_what_it_has(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    job = job_for(shelf, "slow", site.base + "/small", wait={"delay": "6s"})
    with dispatching(job) as server, warm_pod(server, tmp_path, max_age_ms=4000) as pod:
        assert pod.end() == (ExitCode.SUCCEEDED, WarmEnd(1, WarmEndReason.MAX_AGE))
    assert server.result("slow").failure is None


def test_a_termination_lets_captures_finish_and_takes_no_more(site: SiteServer, shelf: Shelf, tmp_path: Path) -> None:
    slow = job_for(shelf, "slow", site.base + "/small", wait=SLOW)
    with dispatching(slow) as server, warm_pod(server, tmp_path) as pod:
        eventually(lambda: '"stage"' in pod.log())
        pod.terminate()
        eventually(lambda: "draining" in pod.log())
        server.add(job_for(shelf, "late", site.base + "/small"))
        children = family(pod.pid)
        assert pod.end() == (ExitCode.SUCCEEDED, WarmEnd(1, WarmEndReason.TERMINATED))
    assert [report.name.uid for report in server.reports] == ["slow"]
    eventually(lambda: all(map(is_gone, children)))


def test_neither_driver_nor_browser_are_given_the_token(tmp_path: Path) -> None:
    with dispatching() as server, warm_pod(server, tmp_path) as pod:
        eventually(lambda: len(family(pod.pid)) > 3)
        environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in family(pod.pid)]
    assert not any(b"CAPTURE_TOKEN" in found or TOKEN.encode() in found for found in environments)
