"""Browsers for the tests of single stages, and a server for their pages."""

from collections.abc import Iterator

import pytest

from integration.engine.opened import OnPage
from integration.engine.prepared import Preparing
from integration.engine.recording import Recorder, recording


@pytest.fixture(scope="session")
def on_page() -> Iterator[OnPage]:
    """Run one browser for all tests, and give each its own page in it."""
    browser = OnPage()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def prepare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preparing]:
    """Run one browser for all tests of contexts, and give each a context of its own in it."""
    preparing = Preparing(tmp_path_factory.mktemp("prepared"))
    yield preparing
    preparing.close()


@pytest.fixture
def server() -> Iterator[Recorder]:
    """Serve what the test puts into `site`."""
    with recording() as running:
        yield running
