"""The cluster without its own operator, and the scenes that are played there."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from chaos.catalogue import NAMES, fault_named
from chaos.ground import Ground, ground
from chaos.replica import Replica
from chaos.scene import Scene
from e2e.kubectl import Kubectl, from_environment
from e2e.replicas import replicas_of, scale


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the chaos suite."""
    group = parser.getgroup("chaos")
    group.addoption("--seeds", type=int, default=1, help="how many seeds all faults are played with")
    group.addoption("--first-seed", type=int, default=1, help="the first of them: a scene is repeated by its seed")
    group.addoption("--all-faults", action="store_true", help="play all faults, not only those of the short form")
    group.addoption("--ledger", type=Path, help="write down what came of each scene")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a scene of each fault and seed."""
    if "fault_name" in metafunc.fixturenames:
        first = int(metafunc.config.getoption("--first-seed"))
        seeds = range(first, first + int(metafunc.config.getoption("--seeds")))
        is_long = bool(metafunc.config.getoption("--all-faults"))
        scenes = [(name, seed) for seed in seeds for name in NAMES if is_long or fault_named(name, seed).quick]
        metafunc.parametrize(("fault_name", "seed"), scenes, ids=[f"{name}, seed {seed}" for name, seed in scenes])


@pytest.fixture(scope="session")
def kubectl() -> Iterator[Kubectl]:
    """Return kubectl for a cluster whose own operator rests."""
    cluster = from_environment(os.environ)
    before = replicas_of(cluster)
    scale(cluster, 0)
    try:
        yield cluster
    finally:
        scale(cluster, before)


@pytest.fixture(scope="session")
def common_ground(kubectl: Kubectl) -> Iterator[Ground]:
    """Return what all scenes share."""
    with ground(kubectl) as made:
        yield made


@pytest.fixture(scope="session")
def replica(common_ground: Ground) -> Iterator[Replica]:
    """Return the operator, which works in all scenes, in one life or another."""
    with common_ground.replica("operator") as made:
        yield made


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Path | None:
    """Return where outcomes are written down."""
    file: Path | None = request.config.getoption("--ledger")
    return file


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the cluster looks like, and what the operator said, to the report of a failure."""
    report = yield
    played = item.funcargs.get("scene") if isinstance(item, pytest.Function) else None
    if report.failed and isinstance(played, Scene) and played.pages:
        report.sections += [
            (f"namespace {played.space.namespace}", played.space.describe()),
            ("operator", played.told()),
        ]
    return report
