"""What the end-to-end tests have, and pods whose network is the suite's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.classes import MakeClass
from e2e.conftest import kubectl, make_class, make_space, pytest_runtest_makereport, site
from e2e.kubectl import Kubectl
from e2e.space import MakeSpace
from e2e.website import Website
from hostile.dens import Den, IsolatedDen, Stage, WarmDen, surroundings_of
from hostile.plan import write_site
from hostile.table import Row, written

TABLE = pytest.StashKey[list[Row]]()

__all__ = ["den", "kubectl", "make_class", "make_space", "pytest_runtest_makereport", "site", "stage", "table"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the suite."""
    parser.getgroup("hostile").addoption("--table", type=Path, help="write down what was tried, for docs/hostile.md")


def pytest_configure(config: pytest.Config) -> None:
    """Begin the table."""
    config.stash[TABLE] = []


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the table."""
    if (file := config.getoption("--table")) is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        rows = config.stash[TABLE]
        file.write_text(written(rows))


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> list[Row]:
    """Return where tests write down what was tried."""
    return pytestconfig.stash[TABLE]


@pytest.fixture(scope="module")
def stage(kubectl: Kubectl, site: Website, make_class: MakeClass, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """What dens have in common."""
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, kubectl)
    return Stage(site, make_class, surroundings_of(kubectl), folder)


@pytest.fixture(scope="module", params=[IsolatedDen, WarmDen], ids=["isolated", "warm"])
def den(request: pytest.FixtureRequest, stage: Stage, make_space: MakeSpace) -> Iterator[Den]:
    """Where hostile pages are captured, in pods of both kinds."""
    made: Den = request.param(stage, make_space())
    yield made
    made.close()
