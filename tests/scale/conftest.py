"""The operator as a process on a ground that most tests share, and how much is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scale.ground import Ground, running_ground
from scale.ledger import Ledger
from scale.operator_process import Operator, Post

# Few, so that many wait.
FEW_PODS = 3


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much the suite does. `profile` is where Python's profile of the operator goes, if anywhere."""

    requests: int
    finished: int
    crowd: int
    flight: int
    profile: Path | None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the sizes of the suite; as they are it takes less than two minutes."""
    group = parser.getgroup("scale")
    group.addoption("--requests", type=int, default=150, help="requests that are captured")
    group.addoption("--finished", type=int, default=1000, help="requests that were captured long ago")
    group.addoption("--crowd", type=int, default=120, help="requests of one namespace before that of another")
    group.addoption("--flight", type=int, default=40, help="pods that run when the leader ends")
    group.addoption("--profile", type=Path, default=None, help="file for a profile of the operator")
    group.addoption("--figures", type=Path, default=None, help="file for the figures, as JSON")


@pytest.fixture(scope="session")
def sizes(request: pytest.FixtureRequest) -> Sizes:
    """Return how much the suite does."""
    option = request.config.getoption
    return Sizes(option("--requests"), option("--finished"), option("--crowd"), option("--flight"), option("--profile"))


@pytest.fixture(scope="session")
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return what figures are noted in."""
    return Ledger(request.config.getoption("--figures"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all state and logs."""
    return tmp_path_factory.mktemp("scale")


@pytest.fixture(scope="session")
def ground(folder: Path) -> Iterator[Ground]:
    """Run what the tests stand on."""
    with running_ground(folder) as started:
        yield started


@pytest.fixture
def operator(ground: Ground, sizes: Sizes) -> Iterator[Operator]:
    """Run the operator."""
    yield from _running(Operator(ground.plane, ground.folder, Post(profile=sizes.profile)))


@pytest.fixture
def busy_operator(ground: Ground) -> Iterator[Operator]:
    """Run an operator that may have only a few pods."""
    yield from _running(Operator(ground.plane, ground.folder, Post("busy", max_pods=FEW_PODS)))


@pytest.fixture
def replicas(ground: Ground, sizes: Sizes) -> Iterator[tuple[Operator, Operator]]:
    """Run two replicas, of which the first leads."""
    posts = [Post(name, max_pods=sizes.flight) for name in ("replica-1", "replica-2")]
    first, second = (Operator(ground.plane, ground.folder, post) for post in posts)
    try:
        first.start()
        second.stand_by()
        yield first, second
    finally:
        second.stop()
        first.stop()


def _running(operator: Operator) -> Iterator[Operator]:
    try:
        operator.start()
        yield operator
    finally:
        operator.stop()
