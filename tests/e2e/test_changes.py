"""Users change their minds, and pods vanish, while a capture is under way."""

import hashlib

from e2e.bucket import Storage
from e2e.eventually import eventually
from e2e.kubectl import Kubectl, condition
from e2e.space import Space, is_running
from e2e.website import Website

PATIENT = {"timeout": "60s"}


def test_a_capture_pod_that_is_deleted_by_hand_is_replaced(
    kubectl: Kubectl, space: Space, site: Website, storage: Storage
) -> None:
    site.close("by-hand")
    shot = space.request("robbed", site.url("/gate/by-hand"), retry={"limit": 0}, wait=PATIENT)
    pod = shot.until("Capturing").until_pod(is_running)
    kubectl.run("delete", "pod", pod, "-n", space.namespace, "--grace-period=0", "--force", "--wait=false")
    eventually(lambda: len(space.pods_ever()) == 2, within=30, what="another pod comes")
    site.open("by-hand")
    shot.until("Succeeded")
    assert [attempt.get("reason") for attempt in shot.attempts] == ["PodLost", None]
    assert shot.status["run"] == 1
    assert storage.keys("screenshots", shot.prefix()) == [shot.status["storageKey"]]


def test_a_spec_that_changes_during_a_capture_gives_the_image_of_the_new_one(
    space: Space, site: Website, storage: Storage
) -> None:
    site.close("old-spec")
    shot = space.request("fickle", site.url("/gate/old-spec"), wait=PATIENT)
    old_pod = shot.until("Capturing").until_pod(is_running)
    new = f"/good?of={space.namespace}"
    shot.patch({"spec": {"url": site.url(new), "viewport": {"width": 400}}})
    eventually(lambda: old_pod not in space.pods_now(), within=20, what="the old pod is gone")
    shot.until("Succeeded")
    output = shot.status["outputs"][0]
    assert shot.status["observedGeneration"] == 2
    assert shot.status["page"]["finalURL"] == site.url(new)
    assert output["width"] == 400
    assert storage.keys("screenshots", shot.prefix()) == [output["key"]]
    assert site.hits(new) == 1


def test_the_pod_of_a_request_that_is_deleted_goes_within_seconds(
    kubectl: Kubectl, space: Space, site: Website
) -> None:
    site.close("deleted")
    shot = space.request("unwanted", site.url("/gate/deleted"), wait=PATIENT)
    shot.until("Capturing").until_pod(is_running)
    kubectl.run("delete", "shot", "unwanted", "-n", space.namespace, "--timeout=10s")
    shot.until_no_pod(within=10)
    assert len(space.pods_ever()) == 1


def test_a_suspended_request_has_no_pod_and_goes_on_when_it_is_resumed(
    space: Space, site: Website, storage: Storage
) -> None:
    site.close("suspended")
    shot = space.request("paused", site.url("/gate/suspended"), wait=PATIENT)
    shot.until("Capturing").until_pod(is_running)
    shot.patch({"spec": {"suspend": True}})
    shot.until("Suspended")
    shot.until_no_pod()
    site.open("suspended")
    shot.patch({"spec": {"suspend": False}})
    shot.until("Succeeded")
    assert shot.status["observedGeneration"] == 3
    assert storage.keys("screenshots", shot.prefix()) == [shot.status["storageKey"]]


def test_a_request_that_starts_suspended_waits(space: Space, site: Website) -> None:
    page = f"/good?of={space.namespace}"
    shot = space.request("asleep", site.url(page), suspend=True).until("Suspended")
    assert shot.reason == "Suspended"
    assert space.pods_ever() == set()
    shot.patch({"spec": {"suspend": False}})
    shot.until("Succeeded")
    assert site.hits(page) == 1


def test_a_new_requested_at_starts_a_run_and_the_old_images_stay_until_its_own_are_stored(
    space: Space, site: Website, storage: Storage
) -> None:
    site.open("again")
    shot = space.request("again", site.url("/gate/again"), wait=PATIENT).until("Succeeded")
    first = shot.status["outputs"]
    site.close("again")
    shot.patch({"metadata": {"annotations": {"kubeshot.dev/requestedAt": "2026-01-15T06:40:00Z"}}})
    eventually(lambda: shot.status.get("run") == 2, within=20, what="the second run begins")
    shot.until("Capturing").until_pod(is_running)
    ready = condition(shot.body, "Ready")
    assert ready is not None
    assert ready["status"] == "False"
    assert shot.status["outputs"] == first
    assert shot.status["storageKey"] == first[0]["key"]
    site.open("again")
    shot.until("Succeeded")
    second = shot.status["outputs"]
    assert shot.status["requestedAt"] == "2026-01-15T06:40:00Z"
    assert second[0]["sha256"] != first[0]["sha256"]
    assert storage.keys("screenshots", shot.prefix()) == [first[0]["key"], second[0]["key"]]
    for output in (first[0], second[0]):
        content = storage.download("screenshots", output["key"]).content
        assert hashlib.sha256(content).hexdigest() == output["sha256"]


def test_an_apply_that_changes_nothing_starts_nothing(space: Space, site: Website) -> None:
    page = f"/good?of={space.namespace}"
    spec = {"url": site.url(page)}
    shot = space.requests({"same": spec})["same"].until("Succeeded")
    space.requests({"same": spec})
    shot.patch({"metadata": {"labels": {"team": "web"}}})
    eventually(lambda: shot.body["metadata"].get("labels"), within=10, what="the label is seen")
    # Another request's whole life is time enough for a run that should not be.
    space.request("other", site.url("/good?of=other")).until("Succeeded")
    assert (shot.phase, shot.status["run"]) == ("Succeeded", 1)
    assert site.hits(page) == 1
