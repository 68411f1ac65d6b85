"""Requests, images and leftovers go when they should, and what must stay stays."""

import json
import time
from dataclasses import dataclass

import pytest

from e2e.bucket import Storage
from e2e.classes import MakeClass, unchanged
from e2e.eventually import eventually
from e2e.kubectl import Kubectl, condition
from e2e.space import Shot, Space, is_running
from e2e.website import Website

BUCKET = "screenshots"
ARGO = {"argocd.argoproj.io/tracking-id": "shop:kubeshot.dev/ScreenshotRequest:shop/kept"}
TTL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class ShortLived:
    """Two requests with the least lifetime there is, which were over at `finished`, in seconds of `time.monotonic`."""

    gone: Shot
    kept: Shot
    finished: float


def is_there(shot: Shot) -> bool:
    return shot.space.kubectl.exists("shot", shot.name, "-n", shot.space.namespace)


@pytest.fixture(scope="module", autouse=True)
def short_lived(shared_space: Space, site: Website) -> ShortLived:
    """Make them before all tests of the module: their time passes while the others run."""
    specs = {name: {"url": site.url(f"/good?of={name}"), "ttlAfterFinished": "60s"} for name in ("gone", "kept")}
    shots = shared_space.requests(specs)
    shots["kept"].patch({"metadata": {"annotations": ARGO}})
    for shot in shots.values():
        shot.until("Succeeded")
    return ShortLived(shots["gone"], shots["kept"], time.monotonic())


@pytest.mark.parametrize("moment", ["Capturing", "Succeeded"])
def test_images_go_with_their_request(
    kubectl: Kubectl, space: Space, site: Website, storage: Storage, moment: str
) -> None:
    page = f"delete-{moment.lower()}"
    if moment == "Capturing":
        site.close(page)
        shot = space.request(page, site.url(f"/gate/{page}"), retention="Delete", wait={"timeout": "60s"})
        shot.until("Capturing").until_pod(is_running)
    else:
        shot = space.request(page, site.url(f"/good?of={page}"), retention="Delete")
        shot.until("Succeeded")
        assert storage.keys(BUCKET, shot.prefix())
    kubectl.run("delete", "shot", page, "-n", space.namespace, "--timeout=40s")
    assert storage.keys(BUCKET, shot.prefix()) == []
    shot.until_no_pod(within=10)


def test_request_whose_class_is_gone_waits_and_says_the_way_out(
    kubectl: Kubectl, space: Space, site: Website, make_class: MakeClass
) -> None:
    name = make_class(unchanged)
    shot = space.request("stuck", site.url("/good?of=stuck"), retention="Delete", captureClassName=name)
    shot.until("Succeeded")
    kubectl.run("delete", "captureclass", name)
    kubectl.run("delete", "shot", "stuck", "-n", space.namespace, "--wait=false")
    eventually(lambda: condition(shot.body, "Kept") is not None, within=30, what="it says what keeps it")
    kept = condition(shot.body, "Kept")
    assert kept is not None
    assert kept["message"].endswith("set spec.retention to Retain to leave them there")
    way_out = json.dumps({"spec": {"retention": "Retain"}})
    kubectl.run("patch", "shot", "stuck", "-n", space.namespace, "--type=merge", "-p", way_out)
    eventually(lambda: not is_there(shot), within=20, what="the way out is one")


def test_finished_requests_go_in_time_and_those_that_are_tracked_stay(
    short_lived: ShortLived, storage: Storage
) -> None:
    gone, kept = short_lived.gone, short_lived.kept
    eventually(lambda: not is_there(gone), within=TTL_SECONDS + 30, what="the request goes")
    assert time.monotonic() - short_lived.finished > TTL_SECONDS - 10, "it stayed its time"
    assert storage.keys(BUCKET, gone.prefix()) == [gone.status["storageKey"]]
    eventually(lambda: condition(kept.body, "Kept") is not None, within=30, what="the other says why it stays")
    assert is_there(kept)
