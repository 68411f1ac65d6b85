"""The cluster changes under the operator: quotas, namespaces, CRDs, the time of day, and a second leader."""

from collections.abc import Iterator
from uuid import uuid4

from chaos.scene import Scene
from e2e.eventually import eventually
from e2e.kubectl import Object
from e2e.space import CAPTURES

_REQUESTS = "screenshotrequests.kubeshot.dev"
_CLASSES = "captureclasses.kubeshot.dev"


def two_leaders(scene: Scene) -> Iterator[None]:
    """A second operator leads as well: it has a Lease of its own, so that neither ever ends for the other."""
    with scene.ground.replica(f"second-{uuid4().hex[:4]}"):
        scene.count()
        yield
        scene.until(lambda: False, "all have ended", within=200)


def quota_full(scene: Scene) -> Iterator[None]:
    """The namespace may have a single pod, then more."""
    _allow_pods(scene, 1)
    yield
    scene.until(lambda: "QuotaExceeded" in scene.reasons(), "a request says that the quota is full")
    scene.count()
    scene.let_pass(5.0)
    _allow_pods(scene, 50)


def namespace_terminating(scene: Scene) -> Iterator[None]:
    """Another namespace is deleted with requests under way."""
    namespace = _crowd(scene)
    yield
    _until_crowd_captures(scene, namespace)
    scene.ground.kubectl.run("delete", "namespace", namespace, "--wait=false")
    scene.count()
    eventually(
        lambda: not scene.ground.kubectl.exists("namespace", namespace), within=120, what="the namespace is gone"
    )


def crd_restored(scene: Scene) -> Iterator[None]:
    """The requests' CRD is deleted with requests under way, at times the classes' as well, and put back."""
    namespace, kubectl = _crowd(scene), scene.ground.kubectl
    _until_crowd_captures(scene, namespace)
    crds = (_REQUESTS, _CLASSES) if scene.random.random() < 0.5 else (_REQUESTS,)
    scene.space.close_watches()
    kubectl.run("delete", "crd", *crds, "--wait=false")
    eventually(lambda: not kubectl.exists("crd", *crds), within=80, what="the CRDs are gone")
    try:
        eventually(
            lambda: _REQUESTS in scene.replica.why_not_ready(), within=30, what="the operator says what it lacks"
        )
    finally:
        # Not the files: to kubectl the name y, unlike to kustomize, is a truth value.
        kubectl.run("apply", "-k", "crds")
        kubectl.run("wait", "--for=condition=Established", "--timeout=30s", "crd", _REQUESTS, _CLASSES)
    scene.count(times=len(crds))
    eventually(lambda: kubectl.exists("captureclass", "default"), within=60, what="the default class is back by itself")
    scene.ground.apply_classes(scene.bucket, scene.classes)
    scene.space.open_watches()
    scene.replica.until_it_leads()
    yield
    eventually(
        lambda: not kubectl.items("pods", "-n", namespace, "-l", CAPTURES),
        within=80,
        what="no pod of the crowd is left",
    )
    kubectl.run("delete", "namespace", namespace, "--wait=false")


def clock_stepped(scene: Scene) -> Iterator[None]:
    """The operator's time of day jumps, one begins with the wrong time, and it jumps back."""
    scene.deadline = "24h"
    yield
    for step in (scene.random.choice((-3600, -90, 90, 3600)), 0):
        scene.until_under_way()
        scene.replica.step_clock(step)
        scene.count()
        scene.let_pass(4.0)
        if step:
            scene.replica.kill()
            scene.replica.until_it_leads()


def _allow_pods(scene: Scene, pods: int) -> None:
    place = {"name": "chaos", "namespace": scene.space.namespace}
    quota: Object = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": place}
    scene.ground.kubectl.apply({**quota, "spec": {"hard": {"pods": str(pods)}}})

    def in_force() -> bool:
        status = scene.ground.kubectl.get("resourcequota", "chaos", "-n", place["namespace"]).get("status", {})
        return bool("used" in status and status["hard"]["pods"] == str(pods))

    eventually(in_force, within=30, what="the quota is in force")


def _crowd(scene: Scene) -> str:
    """Apply requests in a namespace of their own, to be deleted while they are captured; return its name."""
    namespace = f"chaos-{scene.bucket}-crowd"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kubectl = scene.ground.kubectl
    kubectl.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})
    requests: list[Object] = [
        {
            "apiVersion": "kubeshot.dev/v1alpha1",
            "kind": "ScreenshotRequest",
            "metadata": {"name": f"{kind}-{number}", "namespace": namespace},
            "spec": {
                "url": scene.ground.site.url(f"/slow?seconds=50&of={namespace}-{kind}-{number}"),
                "captureClassName": scene.classes[kind],
                "wait": {"timeout": "60s"},
            },
        }
        for kind in scene.classes
        for number in range(2)
    ]
    kubectl.apply(*requests)
    return namespace


def _until_crowd_captures(scene: Scene, namespace: str) -> None:
    def captures() -> bool:
        found = scene.ground.kubectl.items("shots", "-n", namespace)
        return any(body.get("status", {}).get("phase") == "Capturing" for body in found)

    eventually(captures, within=120, interval=1.0, what="one of the crowd is captured")
