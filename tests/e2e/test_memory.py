"""A page that eats memory ends its own pod and nothing else, and gets more memory next time."""

import pytest

from e2e.bucket import Storage
from e2e.classes import MakeClass
from e2e.kubectl import Object
from e2e.space import Shot, Space
from e2e.website import Website

LIMIT, MORE = "384Mi", "576Mi"
# With the browser itself, one fits the higher limit and not the lower, the other fits neither.
FITS, NEVER_FITS = 240, 800


def with_little_memory(spec: Object) -> None:
    spec["pod"]["resources"] = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": LIMIT}}
    spec["pod"]["maxMemory"] = MORE


@pytest.fixture(scope="module")
def hungry(shared_space: Space, site: Website, make_class: MakeClass) -> dict[str, Shot]:
    """Two requests whose first attempt ran out of memory, when both are over."""
    common = {"captureClassName": make_class(with_little_memory), "retry": {"limit": 2}}
    specs = {
        "fits": {"url": site.url(f"/memory?mib={FITS}"), **common},
        "never-fits": {"url": site.url(f"/memory?mib={NEVER_FITS}"), **common},
    }
    shots = shared_space.requests(specs)
    for shot in shots.values():
        shot.until("Failed", "Succeeded", within=90)
    return shots


def test_a_page_that_fits_the_higher_limit_succeeds(hungry: dict[str, Shot], storage: Storage) -> None:
    shot = hungry["fits"]
    assert shot.phase == "Succeeded"
    assert [attempt["memoryLimit"] for attempt in shot.attempts] == [LIMIT, MORE]
    assert [attempt.get("reason") for attempt in shot.attempts] == ["OutOfMemory", None]
    assert storage.keys("screenshots", shot.prefix()) == [shot.status["storageKey"]]


def test_a_page_that_fits_no_limit_fails_after_a_retry_with_a_higher_one(hungry: dict[str, Shot]) -> None:
    shot = hungry["never-fits"]
    assert (shot.phase, shot.reason) == ("Failed", "OutOfMemory")
    assert [attempt["memoryLimit"] for attempt in shot.attempts] == [LIMIT, MORE]
    assert [attempt["reason"] for attempt in shot.attempts] == ["OutOfMemory", "OutOfMemory"]


def test_a_page_that_fits_no_limit_stores_nothing_and_leaves_no_pod(hungry: dict[str, Shot], storage: Storage) -> None:
    shot = hungry["never-fits"]
    shot.until_no_pod()
    assert storage.keys("screenshots", shot.prefix()) == []
