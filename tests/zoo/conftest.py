"""Where the cases run: on the cluster, or on this machine with `--zoo local`."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from e2e.bucket import Storage
from e2e.kubectl import from_environment
from e2e.space import OPERATOR_NAMESPACE, Space
from zoo.case import Case, Where
from zoo.runners import deployment
from zoo.runners.locally import LocalRunner
from zoo.runners.on_cluster import ClusterRunner
from zoo.runners.port import Runner

LOCAL, CLUSTER = "local", "cluster"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the zoo."""
    group = parser.getgroup("zoo")
    group.addoption("--zoo", choices=(LOCAL, CLUSTER), default=CLUSTER, help="where the cases are captured")
    group.addoption("--update-golden", action="store_true", help="store what is captured as golden pictures")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what can't be seen at the chosen place."""
    unseen = Where.HERE if _place(config) == CLUSTER else Where.CLUSTER
    for item in items:
        case = _case(item)
        if case and case.where is unseen:
            item.add_marker(pytest.mark.skip(reason=f"only {case.where.value}"))


@pytest.fixture(scope="session")
def runner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Return what captures cases; those that were chosen have begun."""
    items = (item for item in request.session.items if not item.get_closest_marker("skip"))
    cases = {case.name: case for item in items if (case := _case(item))}
    with ExitStack() as leftovers:
        if _place(request.config) == LOCAL:
            chosen: Runner = LocalRunner(tmp_path_factory.mktemp("zoo"))
        else:
            chosen = _on_cluster(leftovers)
        leftovers.callback(chosen.close)
        chosen.start(cases.values())
        yield chosen


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Say whether golden pictures are stored anew."""
    return bool(request.config.getoption("--update-golden", default=False))


def _on_cluster(leftovers: ExitStack) -> ClusterRunner:
    kubectl = from_environment(os.environ)
    operator = kubectl.get("deployment", "kubeshot-operator", "-n", OPERATOR_NAMESPACE)
    deployment.deploy(kubectl, operator["spec"]["template"]["spec"]["containers"][0]["image"])
    leftovers.callback(deployment.remove, kubectl)
    storage = Storage(kubectl)
    leftovers.callback(storage.close)
    space = Space(kubectl)
    leftovers.callback(space.close)
    return ClusterRunner(kubectl, storage, space)


def _place(config: pytest.Config) -> str:
    return str(config.getoption("--zoo", default=CLUSTER))


def _case(item: pytest.Item) -> Case | None:
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return None
    case = item.callspec.params.get("case")
    return case if isinstance(case, Case) else None
