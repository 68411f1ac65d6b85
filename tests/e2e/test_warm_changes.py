"""Users and administrators change their minds while a warm pod captures, and the way to the operator is cut."""

import hashlib
import subprocess
from collections.abc import Iterator

import pytest

from e2e.bucket import Storage
from e2e.classes import MakeClass, class_like_default
from e2e.eventually import eventually
from e2e.kubectl import Kubectl
from e2e.space import Shot, Space, is_running
from e2e.warm import pods_of, run_inside, until_no_pods, warm, warm_pods_ever
from e2e.website import Website

pytestmark = pytest.mark.alone

DISPATCH = "manifests/base/dispatch.yaml"
HOST = "kubeshot-dispatch.kubeshot-system.svc.cluster.local"
PATIENT = {"timeout": "55s"}


@pytest.fixture
def warm_class(make_class: MakeClass) -> str:
    """A class with one warm pod."""
    return make_class(warm(maxPods=1))


def gate_of(shot: Shot) -> str:
    """Return the gate at which the page of a request waits; no other try of a test ever opened it."""
    return f"{shot.name}-{shot.space.namespace}"


def under_way(space: Space, site: Website, name: str, class_name: str) -> Shot:
    """Return a request whose page waits at its gate, in a pod of this class."""
    gate = f"/gate/{name}-{space.namespace}"
    shot = space.request(name, site.url(gate), captureClassName=class_name, wait=PATIENT)
    shot.until("Capturing").until_pod(is_running)
    eventually(lambda: site.hits(gate), within=30, what="the browser is at the gate")
    return shot


def test_a_request_that_is_deleted_leaves_its_neighbour_alone(
    kubectl: Kubectl, space: Space, site: Website, warm_class: str
) -> None:
    gone = under_way(space, site, "warm-deleted", warm_class)
    stays = under_way(space, site, "warm-stays", warm_class)
    assert pods_of(gone) == pods_of(stays)
    kubectl.run("delete", "shot", gone.name, "-n", space.namespace, "--timeout=10s")
    site.open(gate_of(gone))
    site.open(gate_of(stays))
    stays.until("Succeeded")
    assert len(stays.attempts) == 1
    until_no_pods(space)
    assert len(space.pods_ever()) == 1


def test_a_spec_that_changes_gives_the_image_of_the_new_one(
    space: Space, site: Website, storage: Storage, warm_class: str
) -> None:
    shot = under_way(space, site, "warm-old-spec", warm_class)
    new = f"/good?of={space.namespace}"
    shot.patch({"spec": {"url": site.url(new), "viewport": {"width": 400}}})
    # The old page keeps its place in the pod, and the new one has the other.
    shot.until("Succeeded")
    first = shot.status
    assert (first["observedGeneration"], first["run"], first["outputs"][0]["width"]) == (2, 2, 400)
    site.open(gate_of(shot))
    until_no_pods(space)
    assert shot.status == first, "nobody listens to what is said of the old one"
    content = storage.download("screenshots", first["storageKey"]).content
    assert hashlib.sha256(content).hexdigest() == first["outputs"][0]["sha256"]
    assert site.hits(new) == 1


def test_a_class_that_turns_to_pods_for_one_lets_its_warm_pods_finish(
    kubectl: Kubectl, space: Space, site: Website, warm_class: str
) -> None:
    shot = under_way(space, site, "warm-no-more", warm_class)
    [warm_pod] = warm_pods_ever(space)
    patch = '--patch={"spec": {"reuse": {"mode": "Never"}}}'
    kubectl.run("patch", "captureclass", warm_class, "--type=merge", patch)
    later = space.request("later", site.url("/good?of=after-warm"), captureClassName=warm_class).until("Succeeded")
    assert pods_of(later)[0].startswith("later-")
    site.open(gate_of(shot))
    shot.until("Succeeded")
    assert pods_of(shot) == [warm_pod]
    until_no_pods(space)


def test_a_class_that_is_deleted_and_comes_back_loses_no_capture(
    kubectl: Kubectl, space: Space, site: Website, storage: Storage, warm_class: str
) -> None:
    shot = under_way(space, site, "warm-class-gone", warm_class)
    kubectl.run("delete", "captureclass", warm_class, "--timeout=20s")
    shot.until_reason("ClassNotFound")
    site.open(gate_of(shot))
    # The cluster takes the pods along with their class, and they finish what they have.
    until_no_pods(space)
    kubectl.apply(class_like_default(kubectl, warm_class, warm(maxPods=1)))
    shot.until("Succeeded")
    assert (shot.status["run"], len(shot.attempts)) == (1, 1)
    assert storage.keys("screenshots", shot.prefix()) == [shot.status["storageKey"]]
    assert site.hits(f"/gate/{gate_of(shot)}") == 1


@pytest.fixture
def cut_off(site: Website) -> Iterator["Cut"]:
    """A way to cut pods off from the operator; it is undone at the end."""
    cut = Cut(site)
    yield cut
    cut.mend()


class Cut:
    """Takes the name of the dispatch service out of the cluster, and brings it back."""

    def __init__(self, site: Website) -> None:
        self._site, self._kubectl = site, site.kubectl

    def make(self) -> None:
        """Delete the Service, and wait until its name is forgotten."""
        self._kubectl.run("delete", "-f", DISPATCH, "--ignore-not-found")
        eventually(lambda: not self._resolves(), within=60, what="the name is forgotten")

    def mend(self) -> None:
        """Bring the Service back."""
        self._kubectl.run("apply", "-f", DISPATCH)
        eventually(self._resolves, within=60, what="the name is known again")

    def _resolves(self) -> bool:
        return bool(run_inside(self._kubectl, self._site.namespace, "deployment/site", "resolves", HOST))


def test_a_pod_that_can_not_reach_the_operator_says_it_by_its_termination_message(
    kubectl: Kubectl, space: Space, site: Website, cut_off: Cut
) -> None:
    shot = under_way(space, site, "unheard", "default")
    cut_off.make()
    command, environment = kubectl.command("logs", "--follow", "-n", space.namespace, *pods_of(shot))
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as log:
        site.open(gate_of(shot))
        told, _ = log.communicate(timeout=60)
    assert '"unannounced"' in told
    shot.until("Succeeded")
    assert (shot.status["run"], len(shot.attempts)) == (1, 1)


def test_a_warm_pod_that_is_cut_off_amid_a_capture_tells_it_later(
    space: Space, site: Website, storage: Storage, cut_off: Cut, warm_class: str
) -> None:
    shot = under_way(space, site, "cut-off", warm_class)
    cut_off.make()
    site.open(gate_of(shot))
    eventually(lambda: storage.keys("screenshots", shot.prefix()), within=40, what="the image is stored")
    assert shot.phase == "Capturing"
    cut_off.mend()
    shot.until("Succeeded")
    assert (shot.status["run"], len(shot.attempts)) == (1, 1)
    assert site.hits(f"/gate/{gate_of(shot)}") == 1


def test_a_class_whose_warm_pods_can_not_reach_the_operator_captures_in_pods_for_one(
    space: Space, site: Website, cut_off: Cut, warm_class: str
) -> None:
    cut_off.make()
    shot = space.request("lonely", site.url("/good?of=lonely"), captureClassName=warm_class).until(
        "Succeeded", within=90
    )
    assert pods_of(shot)[0].startswith("lonely-")
    assert len(warm_pods_ever(space)) == 1
