"""Pods go away under a capture: deleted, evicted, driven from their node, out of the kubelet's sight."""

import json
import os
import signal
from collections.abc import Iterator

import pytest

from chaos.scene import Scene
from e2e.kubectl import REPOSITORY
from e2e.space import CAPTURES
from kubeshot_cluster.native.layout import Layout
from kubeshot_cluster.native.processes import Book
from kubeshot_cluster.places import places_from

_VICTIMS = 3
_STOPPED = 15.0
# Captures keep their files in volumes that go with them.
_DRAIN = ("--force", "--delete-emptydir-data", "--grace-period=1", "--timeout=60s")


def deleted(scene: Scene) -> Iterator[None]:
    """Delete pods that run, at once or in an orderly way."""
    yield
    for victim in _victims(scene):
        force = ("--grace-period=0", "--force") if scene.random.random() < 0.5 else ()
        scene.ground.kubectl.run(
            "delete", "pod", victim, "-n", scene.space.namespace, "--wait=false", "--ignore-not-found", *force
        )
        scene.count()


def evicted(scene: Scene) -> Iterator[None]:
    """Evict pods that run."""
    yield
    for victim in _victims(scene):
        place = f"/api/v1/namespaces/{scene.space.namespace}/pods/{victim}"
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": victim}}
        if scene.ground.kubectl.exists("pod", victim, "-n", scene.space.namespace):
            scene.ground.kubectl.run("create", "--raw", f"{place}/eviction", "-f", "-", text=json.dumps(body))
            scene.count()


def node_drained(scene: Scene) -> Iterator[None]:
    """Drive all captures from all nodes, which take nothing new for a while."""
    kubectl = scene.ground.kubectl
    nodes = [node["metadata"]["name"] for node in kubectl.items("nodes")]
    yield
    scene.until_under_way()
    try:
        kubectl.run("drain", *nodes, f"--pod-selector={CAPTURES}", *_DRAIN)
        scene.count(times=len(nodes))
        scene.let_pass(5.0)
    finally:
        kubectl.run("uncordon", *nodes)


def kubelet_stopped(scene: Scene) -> Iterator[None]:
    """Hold the kubelet, so that nobody hears of what its pods do."""
    layout = Layout(places_from(os.environ, REPOSITORY))
    record = Book(layout.records, layout.places.logs).running("kubelet")
    if record is None:
        pytest.skip("only the native cluster's kubelet is ours to hold")
    yield
    scene.until_under_way()
    os.kill(record.pid, signal.SIGSTOP)
    try:
        scene.count()
        scene.let_pass(_STOPPED)
    finally:
        os.kill(record.pid, signal.SIGCONT)


def _victims(scene: Scene) -> Iterator[str]:
    """Give some pods that run, one after the other, until all is over."""
    seen: set[str] = set()
    for _ in range(_VICTIMS):
        scene.until(lambda: set(scene.running_pods()) - seen, "a pod runs")
        fresh = sorted(set(scene.running_pods()) - seen)
        if not fresh:
            return
        victim = scene.random.choice(fresh)
        seen.add(victim)
        yield victim
