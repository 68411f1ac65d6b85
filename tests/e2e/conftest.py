"""The demo on a real cluster, and a namespace of its own for each test."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import pytest

from e2e import website
from e2e.bucket import Storage
from e2e.classes import Change, MakeClass, class_like_default
from e2e.kubectl import Kubectl, from_environment
from e2e.plug import Plug
from e2e.sizes import Sizes
from e2e.space import OPERATOR_NAMESPACE, MakeSpace, Space
from e2e.website import Website

SPACES = pytest.StashKey[list[Space]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the tests of warm pods."""
    group = parser.getgroup("e2e")
    group.addoption("--burst", type=int, default=40, help="requests that warm pods get at once")
    group.addoption(
        "--kills", type=int, default=12, help="requests amid which pods, browsers, operator and storage die"
    )


@pytest.fixture(scope="session")
def sizes(request: pytest.FixtureRequest) -> Sizes:
    """Return how much the tests of warm pods do."""
    return Sizes(request.config.getoption("--burst"), request.config.getoption("--kills"))


@pytest.fixture(scope="session")
def kubectl() -> Kubectl:
    """Return kubectl for a cluster with the demo up and the operator ready."""
    cluster = from_environment(os.environ)
    for name in ("kubeshot-operator", "minio"):
        cluster.run("-n", OPERATOR_NAMESPACE, "rollout", "status", f"deployment/{name}", "--timeout=80s")
    return cluster


@pytest.fixture(scope="session")
def site(kubectl: Kubectl, worker_id: str) -> Iterator[Website]:
    """Return the misbehaving site; of several workers each has its own."""
    operator = kubectl.get("deployment", "kubeshot-operator", "-n", OPERATOR_NAMESPACE)
    image = operator["spec"]["template"]["spec"]["containers"][0]["image"]
    deployed = website.deploy(kubectl, image, f"{website.NAMESPACE}-{worker_id}")
    yield deployed
    website.remove(deployed)


@pytest.fixture(scope="module")
def storage(kubectl: Kubectl) -> Iterator[Storage]:
    """Return the demo's object storage; a test of another module may have put a new one into its place."""
    opened = Storage(kubectl)
    yield opened
    opened.close()


@pytest.fixture
def unreachable_storage(kubectl: Kubectl) -> Iterator[Plug]:
    """A way to cut MinIO off and to let it back; it is back at the end."""
    plug = Plug(kubectl)
    yield plug
    plug.put_back()


@pytest.fixture
def space(kubectl: Kubectl, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A namespace for one test; no state that was seen in it may contradict itself."""
    with opened(kubectl, request) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def shared_space(kubectl: Kubectl, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A namespace for all tests of a module."""
    with opened(kubectl, request) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def make_space(kubectl: Kubectl, request: pytest.FixtureRequest) -> Iterator[MakeSpace]:
    """Return a function that opens a namespace for the tests of a module."""
    with ExitStack() as leftovers:
        yield lambda: leftovers.enter_context(opened(kubectl, request))


@contextmanager
def opened(kubectl: Kubectl, request: pytest.FixtureRequest) -> Generator[Space]:
    fresh = Space(kubectl)
    spaces = request.node.stash.setdefault(SPACES, [])
    spaces.append(fresh)
    try:
        yield fresh
        assert fresh.contradictions() == []
    finally:
        spaces.remove(fresh)
        fresh.close()


@pytest.fixture(scope="module")
def make_class(kubectl: Kubectl) -> Iterator[MakeClass]:
    """Return a function that makes a copy of the default class with a change, under a name of its own."""
    with ExitStack() as leftovers:

        def make(change: Change) -> str:
            name = f"e2e-{uuid4().hex[:8]}"
            kubectl.apply(class_like_default(kubectl, name, change))
            leftovers.callback(kubectl.run, "delete", "captureclass", name, "--ignore-not-found")
            return name

        yield make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the cluster looks like to the report of a failure."""
    report = yield
    if report.failed:
        for node in item.listchain():
            for space in node.stash.get(SPACES, ()):
                report.sections.append((f"namespace {space.namespace}", space.describe()))
    return report
