"""A page is captured: what the status says is what the bucket holds."""

import hashlib
import re
import struct

import pytest

from e2e.bucket import Download, Storage
from e2e.kstatus import UNSEEN
from e2e.kubectl import Kubectl, condition
from e2e.space import VIEWPORT, Shot, Space
from e2e.website import Website

PAGE = "/good?of=success"


@pytest.fixture(scope="module")
def captured(shared_space: Space, site: Website, kubectl: Kubectl) -> Shot:
    """One request that succeeded, waited for as a user would."""
    outputs = [{"name": "window"}, {"name": "page", "area": "FullPage", "format": "JPEG", "quality": 60}]
    shot = shared_space.request("good", site.url(PAGE), outputs=outputs, storage={"keyPrefix": "marketing/"})
    kubectl.run("wait", "--for=condition=Ready", "shot/good", "-n", shared_space.namespace, "--timeout=60s")
    return shot.until("Succeeded", within=5)


@pytest.fixture(scope="module")
def window(captured: Shot, storage: Storage) -> Download:
    """The stored object of its first output."""
    output = captured.status["outputs"][0]
    return storage.download(output["bucket"], output["key"])


def test_the_objects_bytes_hash_to_the_digest_in_the_status(captured: Shot, window: Download) -> None:
    output = captured.status["outputs"][0]
    assert hashlib.sha256(window.content).hexdigest() == output["sha256"]
    assert len(window.content) == output["bytes"]


def test_the_storage_key_is_the_key_of_the_first_output(captured: Shot) -> None:
    first = captured.status["outputs"][0]
    namespace = captured.space.namespace
    assert captured.status["storageKey"] == first["key"]
    assert first["key"] == f"{namespace}/marketing/good/{captured.uid}/1/window.png"


def test_the_image_is_a_png_of_the_viewports_size(captured: Shot, window: Download) -> None:
    output = captured.status["outputs"][0]
    size = (VIEWPORT["width"], VIEWPORT["height"])
    assert window.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", window.content[16:24]) == size
    assert (output["width"], output["height"]) == size
    assert (window.content_type, output["contentType"]) == ("image/png", "image/png")


def test_every_output_is_stored_as_asked_for(captured: Shot, storage: Storage) -> None:
    page = captured.status["outputs"][1]
    stored = storage.download(page["bucket"], page["key"])
    assert page["key"].endswith("/1/page.jpg")
    assert stored.content.startswith(b"\xff\xd8\xff")
    assert hashlib.sha256(stored.content).hexdigest() == page["sha256"]
    assert stored.content_type == "image/jpeg"


def test_the_status_tells_of_the_page_and_how_it_was(captured: Shot, site: Website) -> None:
    assert captured.status["page"] == {"finalURL": site.url(PAGE), "httpStatus": 200, "title": "Good"}
    assert captured.status["verdict"]["settled"] is True
    settled = condition(captured.body, "Settled")
    assert settled is not None
    assert settled["status"] == "True"
    assert captured.status["timings"]["total"] > 0


def test_one_attempt_is_recorded_as_it_ran(captured: Shot) -> None:
    [attempt] = captured.attempts
    assert attempt["exitCode"] == 0
    assert attempt["startTime"] <= attempt["endTime"]
    assert attempt["memoryLimit"] == "768Mi"
    assert re.fullmatch(rf"good-{captured.uid[:5]}-1-1-1", attempt["podName"])


def test_the_page_was_visited_once_and_no_pod_is_left(captured: Shot, site: Website) -> None:
    captured.until_no_pod()
    assert site.hits(PAGE) == 1
    assert len(captured.space.pods_ever()) == 1


def test_a_request_is_not_ready_for_an_instant_before_its_images_are_stored(captured: Shot) -> None:
    states = captured.space.states("good")
    assert states[0]["status"] == {"observedGeneration": UNSEEN}
    ready = [(condition(state, "Ready") or {"status": "absent"})["status"] for state in states]
    assert set(ready[1:-1]) == {"False"}
    assert ready[-1] == "True"
    reconciling = condition(states[1], "Reconciling")
    assert reconciling is not None
    assert reconciling["status"] == "True"


def test_the_phases_come_in_order(captured: Shot) -> None:
    phases = [state["status"].get("phase") for state in captured.space.states("good")]
    known = ["Queued", "Starting", "Capturing", "Succeeded"]
    seen = [phase for phase in phases if phase is not None]
    assert seen == sorted(seen, key=known.index)
    assert seen[-1] == "Succeeded"


def test_events_tell_of_transitions_only(captured: Shot, kubectl: Kubectl) -> None:
    events = kubectl.items("events", "-n", captured.space.namespace, "--field-selector=involvedObject.name=good")
    told = sorted((event["reason"], event["type"], event.get("count", 1)) for event in events)
    assert told == [("Captured", "Normal", 1), ("Created", "Normal", 1)]


def test_inline_html_is_captured(space: Space, storage: Storage) -> None:
    html = "<!doctype html><title>Inline $(HOME) é</title><body style='background: #e05a5a'>hello"
    shot = space.requests({"inline": {"html": html}})["inline"].until("Succeeded")
    output = shot.status["outputs"][0]
    assert shot.status["page"]["title"] == "Inline $(HOME) é"
    assert hashlib.sha256(storage.download(output["bucket"], output["key"]).content).hexdigest() == output["sha256"]
