"""A warm pod makes the same captures as pods of their own, one harms no other, and it ends when it should."""

from pathlib import Path

from integration.capture.conftest import Shelf
from integration.capture.dispatching import dispatching
from integration.capture.site import SiteServer
from integration.capture.warm import job_for, warm_pod
from kubeshot_contract.dispatch import WarmEnd, WarmEndReason
from kubeshot_contract.reasons import ExitCode
from kubeshot_contract.result import Stage


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
