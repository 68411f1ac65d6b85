"""What the end-to-end tests have, and pods whose network is the suite's."""

from collections.abc import Iterator

import pytest

from e2e.classes import MakeClass
from e2e.conftest import kubectl, make_class, make_space, pytest_runtest_makereport, site
from e2e.kubectl import Kubectl
from e2e.space import MakeSpace
from e2e.website import Website
from hostile.dens import Den, IsolatedDen, Stage, WarmDen, surroundings_of
from hostile.plan import write_site

__all__ = ["den", "kubectl", "make_class", "make_space", "pytest_runtest_makereport", "site", "stage"]


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
