"""The operator is killed at the worst moments; every request still has one run, one set of images, a right status."""

import hashlib
from uuid import uuid4

import pytest

from e2e.bucket import Storage
from e2e.classes import MakeClass, class_like_default, unchanged
from e2e.eventually import eventually
from e2e.kubectl import Kubectl, Object
from e2e.replicas import scale
from e2e.space import OPERATOR, OPERATOR_NAMESPACE, Shot, Space, is_running
from e2e.website import Website

pytestmark = pytest.mark.alone

PHASES = ["Queued", "Starting", "Capturing", "Succeeded"]


def path_of(phase: str) -> str:
    return f"/gate/{phase}" if phase == "Capturing" else f"/good?of=killed-when-{phase}"


@pytest.fixture(scope="module")
def survivors(kubectl: Kubectl, shared_space: Space, site: Website, make_class: MakeClass) -> dict[str, Shot]:
    """One request per phase, each held there while the operator was killed, when all are over."""
    unique = uuid4().hex[:8]
    later, label = f"e2e-later-{unique}", f"e2e.kubeshot.dev/{unique}"
    nowhere = make_class(lambda spec: spec["pod"].update(nodeSelector={label: "yes"}))
    classes = {"Queued": later, "Starting": nowhere, "Capturing": "default", "Succeeded": "default"}
    site.close("Capturing")
    shots = shared_space.requests(
        {
            phase.lower(): {"url": site.url(path_of(phase)), "captureClassName": name, "wait": {"timeout": "60s"}}
            for phase, name in classes.items()
        }
    )
    held = {phase: shots[phase.lower()] for phase in PHASES}
    held["Queued"].until_reason("ClassNotFound")
    held["Starting"].until_pod(lambda pod: True)
    held["Capturing"].until("Capturing").until_pod(is_running)
    eventually(lambda: site.hits("/gate/Capturing") == 1, within=20, what="the browser is at the gate")
    held["Succeeded"].until("Succeeded")
    kubectl.replace_pods(OPERATOR_NAMESPACE, OPERATOR)
    kubectl.apply(class_like_default(kubectl, later, unchanged))
    kubectl.run("label", "nodes", "--all", f"{label}=yes")
    site.open("Capturing")
    try:
        for shot in held.values():
            shot.until("Succeeded", "Failed", within=70)
    finally:
        kubectl.run("label", "nodes", "--all", f"{label}-")
        kubectl.run("delete", "captureclass", later)
    return held


@pytest.mark.parametrize("phase", PHASES)
def test_a_request_ends_well_whenever_the_operator_was_killed(survivors: dict[str, Shot], phase: str) -> None:
    shot = survivors[phase]
    assert shot.phase == "Succeeded"
    assert shot.status["run"] == 1
    assert [attempt["index"] for attempt in shot.attempts] == [1]


@pytest.mark.parametrize("phase", PHASES)
def test_the_page_is_visited_once_whenever_the_operator_was_killed(
    survivors: dict[str, Shot], site: Website, phase: str
) -> None:
    mine = [pod for pod in survivors[phase].space.pods_ever() if pod.startswith(f"{phase.lower()}-")]
    assert site.hits(path_of(phase)) == 1
    assert len(mine) == 1


@pytest.mark.parametrize("phase", PHASES)
def test_one_set_of_images_is_stored_whenever_the_operator_was_killed(
    survivors: dict[str, Shot], storage: Storage, phase: str
) -> None:
    shot = survivors[phase]
    output = shot.status["outputs"][0]
    assert storage.keys("screenshots", shot.prefix()) == [shot.status["storageKey"]]
    assert hashlib.sha256(storage.download("screenshots", output["key"]).content).hexdigest() == output["sha256"]


@pytest.mark.parametrize("phase", PHASES)
def test_no_pod_is_left_whenever_the_operator_was_killed(survivors: dict[str, Shot], phase: str) -> None:
    survivors[phase].until_no_pod()
    assert survivors[phase].status["completionTime"]


def test_what_happens_while_no_operator_is_there_is_caught_up_with(
    kubectl: Kubectl, space: Space, site: Website, storage: Storage
) -> None:
    site.close("absence")
    ends = f"/gate/absence?of=ends-{space.namespace}"
    shots = space.requests(
        {
            "ends": {"url": site.url(ends), "wait": {"timeout": "60s"}},
            "goes": {"url": site.url("/gate/absence?of=goes"), "wait": {"timeout": "60s"}},
        }
    )
    ending = shots["ends"].until("Capturing").until_pod(is_running)
    shots["goes"].until("Capturing")
    scale(kubectl, 0)
    try:
        site.open("absence")
        eventually(lambda: is_over(space, ending), within=40, what="the capture ends without an operator")
        kubectl.run("delete", "shot", "goes", "-n", space.namespace, "--wait=false")
        late = space.request("comes", site.url("/good?of=comes"))
    finally:
        scale(kubectl, 1)
    shots["ends"].until("Succeeded")
    late.until("Succeeded")
    assert site.hits(ends) == 1
    assert storage.keys("screenshots", shots["ends"].prefix()) == [shots["ends"].status["storageKey"]]
    eventually(lambda: not space.pods_now(), within=40, what="no pod is left")


def is_over(space: Space, pod: str) -> bool:
    last: Object = space.pod_states(pod)[-1]
    return last["status"]["phase"] in ("Succeeded", "Failed")
