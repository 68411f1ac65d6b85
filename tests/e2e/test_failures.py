"""A page that can't be captured says why, stores nothing and leaves nothing behind."""

import pytest

from e2e.bucket import Storage
from e2e.kubectl import condition
from e2e.space import Shot, Space
from e2e.website import Website

NO_RETRY = {"limit": 0}

REASONS = {
    "missing": "HTTPError",
    "unknown-host": "NameNotResolved",
    "refused": "ConnectionFailed",
    "never": "NavigationTimeout",
}


@pytest.fixture(scope="module")
def failed(shared_space: Space, site: Website) -> dict[str, Shot]:
    """Four requests that failed, all at once."""
    pages = {
        "missing": site.url("/status/404?of=failures"),
        "unknown-host": "http://no-such-host.invalid/",
        "refused": site.refused_url(),
        "never": site.url("/never?of=failures"),
    }
    specs = {name: {"url": url, "retry": NO_RETRY, "wait": {"timeout": "6s"}} for name, url in pages.items()}
    shots = shared_space.requests(specs)
    for shot in shots.values():
        shot.until("Failed", "Succeeded", within=70)
    return shots


@pytest.mark.parametrize("name", REASONS)
def test_a_failure_gives_its_reason(failed: dict[str, Shot], name: str) -> None:
    shot = failed[name]
    stalled = condition(shot.body, "Stalled")
    assert shot.phase == "Failed"
    assert shot.reason == REASONS[name]
    assert stalled is not None
    assert stalled["status"] == "True"
    assert len(shot.message) > 20


@pytest.mark.parametrize("name", REASONS)
def test_the_attempt_has_the_reason_too(failed: dict[str, Shot], name: str) -> None:
    [attempt] = failed[name].attempts
    assert attempt["reason"] == REASONS[name]
    assert attempt["exitCode"] > 0
    assert "endTime" in attempt


@pytest.mark.parametrize("name", REASONS)
def test_no_image_is_stored(failed: dict[str, Shot], storage: Storage, name: str) -> None:
    assert "outputs" not in failed[name].status
    assert "storageKey" not in failed[name].status
    assert storage.keys("screenshots", failed[name].prefix()) == []


@pytest.mark.parametrize("name", REASONS)
def test_no_pod_is_left(failed: dict[str, Shot], name: str) -> None:
    failed[name].until_no_pod()
    assert len([pod for pod in failed[name].space.pods_ever() if pod.startswith(f"{name}-")]) == 1


def test_the_status_of_the_error_page_is_told(failed: dict[str, Shot]) -> None:
    assert failed["missing"].status["page"]["httpStatus"] == 404


def test_as_many_retries_are_made_as_the_limit_says_and_none_that_can_not_help(space: Space, site: Website) -> None:
    busy, missing = f"/status/503?of={space.namespace}", f"/status/404?of={space.namespace}"
    shots = space.requests(
        {
            "busy": {"url": site.url(busy), "retry": {"limit": 1}},
            "missing": {"url": site.url(missing), "retry": {"limit": 3}},
        }
    )
    assert len(shots["busy"].until("Failed").attempts) == 2
    assert len(shots["missing"].until("Failed").attempts) == 1
    assert (site.hits(busy), site.hits(missing)) == (2, 1)


def test_an_error_page_is_captured_when_the_request_says_so(space: Space, site: Website) -> None:
    shot = space.request("wanted", site.url("/status/404?of=wanted"), failOn={"httpStatus": False}).until("Succeeded")
    assert shot.status["page"]["httpStatus"] == 404
    assert len(shot.status["outputs"]) == 1
