"""The cluster without its own operator, and the scenes that are played there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.catalogue import NAMES, Company, fault_named
from chaos.ground import Ground, ground
from chaos.ledger import Ledger, code_of
from chaos.play import Theatre
from chaos.replica import Replica
from chaos.troupe import Title, Troupe
from e2e.kubectl import Kubectl, from_environment
from e2e.replicas import replicas_of, scale


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the chaos suite."""
    group = parser.getgroup("chaos")
    group.addoption("--seeds", type=int, default=1, help="how many seeds all faults are played with")
    group.addoption("--first-seed", type=int, default=1, help="the first of them: a scene is repeated by its seed")
    group.addoption("--all-faults", action="store_true", help="play all faults, not only those of the short form")
    group.addoption(
        "--ledger", type=Path, help="write down what came of each scene, and pass over those that are there"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a scene of each fault and seed."""
    if "fault_name" in metafunc.fixturenames:
        first = int(metafunc.config.getoption("--first-seed"))
        seeds = range(first, first + int(metafunc.config.getoption("--seeds")))
        is_long = bool(metafunc.config.getoption("--all-faults"))
        names = sorted(NAMES, key=lambda name: fault_named(name, first).company is not Company.OTHERS)
        scenes = [(name, seed) for seed in seeds for name in names if is_long or fault_named(name, seed).quick]
        if (ledger := ledger_of(metafunc.config)) is not None:
            scenes = [scene for scene in scenes if not ledger.has(*scene)]
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
def theatre(common_ground: Ground, replica: Replica) -> Theatre:
    """Return where all scenes are played."""
    return Theatre(common_ground, replica)


@pytest.fixture(scope="session")
def troupe(request: pytest.FixtureRequest, theatre: Theatre) -> Iterator[Troupe]:
    """Return who plays them."""
    calls = (item.callspec.params for item in request.session.items if hasattr(item, "callspec"))
    made = Troupe(theatre, [Title(call["fault_name"], call["seed"]) for call in calls if "fault_name" in call])
    yield made
    made.close()


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Ledger | None:
    """Return where outcomes are written down."""
    return ledger_of(request.config)


def ledger_of(config: pytest.Config) -> Ledger | None:
    """Return where outcomes are written down, if anywhere."""
    file: Path | None = config.getoption("--ledger")
    return None if file is None else Ledger(file, code_of())


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Say how long each part of a scene took, in the line that tells of its end."""
    laps = dict(report.user_properties).get("laps")
    return ("passed", ".", f"PASSED ({laps})") if report.when == "call" and report.passed and laps else None
