"""What one capture leaves in a warm pod, the next does not find; what is secret, or harmful, gets a pod of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from e2e.bucket import Storage
from e2e.classes import Change, MakeClass
from e2e.eventually import eventually
from e2e.kubectl import Kubectl, Object
from e2e.space import Shot, Space
from e2e.warm import pods_of, program, run_inside, until_no_pods, warm, warm_pods_ever
from e2e.website import Website

PORT = 8765
TRACES = f"http://localhost:{PORT}/traces"
# Each visitor has a cache of its own, or else the next would not ask for the library again.
FOUND = "found {things}; library {visit}; sent none"
EVERYTHING = "cookie localStorage sessionStorage database cache worker permission name"
VISITS: dict[str, dict[str, Any]] = {
    "before": {"url": TRACES},
    "leaving": {"url": f"{TRACES}?leave", "emulate": {"geolocation": {"latitude": 52.5, "longitude": 13.4}}},
    "after": {"url": TRACES},
}


@pytest.fixture(scope="module")
def visits(kubectl: Kubectl, shared_space: Space, site: Website, make_class: MakeClass) -> dict[str, Shot]:
    """Three captures in one warm pod, one after the other, of a site that is served inside of it."""
    site.close("traces")
    common = {"captureClassName": make_class(warm(maxPods=1, pages=2)), "wait": {"timeout": "55s"}}
    held = shared_space.request("held", site.url("/gate/traces"), **common).until("Capturing")
    ready = {**common, "wait": {"expression": "document.title.startsWith('found')", "onTimeout": "Fail"}}
    with serving(kubectl, shared_space.namespace, *pods_of(held)):
        shots = {
            name: shared_space.requests({name: {**visit, **ready}})[name].until("Succeeded", "Failed")
            for name, visit in VISITS.items()
        }
        site.open("traces")
        held.until("Succeeded")
    return {"held": held, **shots}


@contextmanager
def serving(kubectl: Kubectl, namespace: str, pod: str) -> Iterator[None]:
    """Serve the traces on the localhost of a pod, as the browser in it sees it."""
    call = ("exec", "-n", namespace, pod, "--", "python3", "-c", program("traces"), str(PORT))
    command, environment = kubectl.command(*call)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as it:
        assert it.stdout is not None
        assert it.stdout.readline() == "listening\n"
        yield
        it.terminate()


def title(shot: Shot) -> str:
    assert shot.phase == "Succeeded", shot.message
    return str(shot.status["page"]["title"])


def test_all_were_in_one_pod(visits: dict[str, Shot]) -> None:
    assert len({tuple(pods_of(shot)) for shot in visits.values()}) == 1


def test_a_page_finds_what_it_left_itself(visits: dict[str, Shot]) -> None:
    assert title(visits["leaving"]) == FOUND.format(things=EVERYTHING, visit=2)


@pytest.mark.parametrize(("name", "visit"), [("before", 1), ("after", 3)])
def test_a_page_finds_nothing_of_others(visits: dict[str, Shot], name: str, visit: int) -> None:
    assert title(visits[name]) == FOUND.format(things="nothing", visit=visit)


def test_what_refers_to_a_secret_or_a_config_map_has_a_pod_of_its_own(
    kubectl: Kubectl, space: Space, site: Website, make_class: MakeClass
) -> None:
    name = make_class(warm())
    metadata = {"name": "supply", "namespace": space.namespace}
    kubectl.apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"token": "secret"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"page": "<title>Mapped</title>Hello"}},
    )
    header = {"name": "X-Token", "valueFrom": {"secretKeyRef": {"name": "supply", "key": "token"}}}
    pages: dict[str, dict[str, Any]] = {
        "header": {"url": site.url("/good?of=header"), "request": {"headers": [header]}},
        "mapped": {"htmlFrom": {"configMapKeyRef": {"name": "supply", "key": "page"}}},
        "plain": {"url": site.url("/good?of=plain")},
    }
    shots = space.requests({page: {**spec, "captureClassName": name} for page, spec in pages.items()})
    used = {page: pods_of(shot.until("Succeeded"))[0] for page, shot in shots.items()}
    assert warm_pods_ever(space) == {used["plain"]}
    assert used["header"].startswith("header-")
    assert used["mapped"].startswith("mapped-")


def with_little_memory(change: Change) -> Change:
    """Return a change that also lets a page have little memory, and never more."""

    def changed(spec: Object) -> None:
        change(spec)
        memory = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "640Mi"}}
        spec["pod"].update(resources=memory, maxMemory="640Mi")

    return changed


@pytest.fixture
def one_pod(make_class: MakeClass) -> str:
    """A class with one warm pod, which has little memory."""
    return make_class(with_little_memory(warm(maxPods=1)))


def test_a_page_that_eats_memory_harms_only_its_own_request(
    space: Space, site: Website, storage: Storage, one_pod: str
) -> None:
    gate = f"neighbour-{space.namespace}"
    common = {"captureClassName": one_pod}
    held = space.request("held", site.url(f"/gate/{gate}"), wait={"timeout": "55s"}, **common).until("Capturing")
    eventually(lambda: site.hits(f"/gate/{gate}"), within=30, what="the browser is at the gate")
    greedy = space.request("greedy", site.url("/memory?mib=2000"), retry={"limit": 1}, **common)
    others = space.requests({f"other-{n}": {"url": site.url(f"/good?of=other-{n}"), **common} for n in range(4)})
    greedy.until("Failed", within=90)
    site.open(gate)
    for shot in (held, *others.values()):
        shot.until("Succeeded", within=90)
        assert shot.status["run"] == 1
    assert greedy.reason == "OutOfMemory"
    assert pods_of(greedy)[0] == pods_of(held)[0]
    assert pods_of(greedy)[-1].startswith("greedy-"), "what did harm is not let near others again"
    assert storage.keys("screenshots", greedy.prefix()) == []
    until_no_pods(space)


def test_a_page_whose_renderer_dies_harms_only_its_own_request(
    kubectl: Kubectl, space: Space, site: Website, one_pod: str
) -> None:
    # A page that is not open yet has no renderer yet.
    beside, crash = f"/good?of=beside-{space.namespace}", f"/good?of=crash-{space.namespace}"
    held = space.request("held", site.url(beside), captureClassName=one_pod, wait={"delay": "12s"})
    eventually(lambda: site.hits(beside), within=40, what="the neighbour's page is open")
    [pod] = pods_of(held)
    before = set(run_inside(kubectl, space.namespace, pod, "browser", "renderer"))
    never = {"selector": "#never", "timeout": "55s"}
    common = {"captureClassName": one_pod, "retry": {"limit": 0}}
    crashing = space.request("crashing", site.url(crash), wait=never, **common)
    eventually(lambda: site.hits(crash), within=30, what="the page is open")

    def is_over() -> bool:
        renderers = set(run_inside(kubectl, space.namespace, pod, "browser", "renderer"))
        run_inside(kubectl, space.namespace, pod, "kill", sorted(renderers - before))
        return crashing.phase == "Failed"

    eventually(is_over, within=30, what="it fails")
    held.until("Succeeded")
    assert (crashing.reason, pods_of(crashing)) == ("RendererCrashed", [pod])
    assert (len(held.attempts), pods_of(held)) == (1, [pod])
