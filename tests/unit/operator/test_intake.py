"""What comes in reaches the cache and wakes the right requests, whatever is in it."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from kubeshot_operator.api.model import Key, Pool, ScreenshotRequest
from kubeshot_operator.runtime.intake import Intake, RawListing, read_requests
from kubeshot_operator.runtime.queue import Work
from kubeshot_operator.runtime.shelf import Shelf
from kubeshot_operator.runtime.state import State
from unit.contract.make import raw_spec
from unit.operator.builders import KEY, make_state, raw_class, raw_namespace, raw_pod, raw_request, raw_warm_pod
from unit.operator.virtual_time import run_virtually


def read(bodies: list[dict[str, Any]]) -> list[ScreenshotRequest]:
    """Return requests as they are read when none is known."""
    return read_requests(bodies, {})


def woken_by(state: State, *events: Any) -> list[Work]:
    """Return the keys that are in the queue after these events, in order."""

    async def main() -> list[Work]:
        intake = Intake(state)
        for event in events:
            event(intake)
        keys = []
        while (taken := state.queue._schedule.take(0.0)) is not None:
            keys.append(taken[0])
            state.queue._schedule.done(taken[0])
        return keys

    return run_virtually(main)


def test_request_and_its_pod_wake_it_once() -> None:
    state = make_state()
    keys = woken_by(
        state,
        lambda intake: intake.request(raw_request(), deleted=False),
        lambda intake: intake.pod(raw_pod(), deleted=False),
    )
    assert keys == [KEY]
    assert KEY in state.cache.requests
    assert state.cache.live_pods == 1


def test_deletion_wakes_a_request_so_that_its_pods_are_cleared_away() -> None:
    state = make_state()
    woken_by(state, lambda intake: intake.request(raw_request(), deleted=False))
    assert woken_by(state, lambda intake: intake.request_outline(raw_request(), deleted=True)) == [KEY]
    assert state.cache.requests == {}


def test_class_wakes_only_those_that_are_not_finished() -> None:
    state = make_state()
    done = raw_request(name="done", status={"phase": "Succeeded"})
    waiting = raw_request(name="waiting", status={"phase": "Queued"})
    for body in (done, waiting, raw_request(name="fresh")):
        woken_by(state, lambda intake, body=body: intake.request(body, deleted=False))
    keys = woken_by(state, lambda intake: intake.capture_class(raw_class(), deleted=False))
    assert keys == [Key("team", "waiting"), Key("team", "fresh")]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (lambda intake: intake.pod(raw_pod(ownerReferences=[]), deleted=False), "not ours"),
        (lambda intake: intake.request(raw_request(status={"phase": "Dreaming"}), deleted=False), "cannot be read"),
    ],
    ids=["a stranger's pod", "a status that cannot be read"],
)
def test_object_that_makes_no_sense_is_logged(event: Any, told: str, caplog: pytest.LogCaptureFixture) -> None:
    state = make_state()
    assert woken_by(state, event) == []
    assert (state.cache.requests, state.cache.live_pods) == ({}, 0)
    assert told in caplog.text


def test_class_that_cannot_be_read_is_remembered_as_broken(caplog: pytest.LogCaptureFixture) -> None:
    broken = {"metadata": {"name": "default"}, "spec": {}}
    with caplog.at_level(logging.ERROR):
        woken_by(make_state(), lambda intake: intake.capture_class(broken, deleted=False))
    assert "a class cannot be read" in caplog.text


def test_one_bad_object_does_not_spoil_a_list() -> None:
    state = make_state()
    bad = raw_request(name="bad", status={"phase": "Dreaming"})
    listed = RawListing(
        50,
        read([bad, raw_request()]),
        [raw_pod(ownerReferences=[]), raw_pod()],
        [{"metadata": {"name": "x"}, "spec": {}}, raw_class()],
        [],
    )
    assert woken_by(state, lambda intake: intake.listing(listed)) == [KEY]
    assert state.cache.live_pods == 1


def test_list_wakes_the_oldest_first_and_those_that_are_gone_last() -> None:
    state = make_state()
    woken_by(state, lambda intake: intake.request(raw_request(name="a-gone", uid="gone"), deleted=False))
    young = raw_request(name="b-young", creationTimestamp="2026-01-01T12:00:02Z")
    old = raw_request(name="c-old", creationTimestamp="2026-01-01T12:00:01Z")
    listed = RawListing(50, read([young, old]), [], [raw_class()], [], Shelf())
    keys = woken_by(state, lambda intake: intake.listing(listed))
    assert keys == [Key("team", name) for name in ("c-old", "b-young", "a-gone")]


def test_list_keeps_what_is_known_in_its_version() -> None:
    state = make_state()
    woken_by(state, lambda intake: intake.request(raw_request(), deleted=False))
    [same, other] = Intake(state).read([raw_request(), raw_request(name="other")])
    assert same is state.cache.requests[KEY]
    assert other.key.name == "other"


def test_list_without_news_wakes_nobody() -> None:
    state = make_state()
    listed = RawListing(50, read([raw_request()]), [raw_pod()], [raw_class()], [])
    woken_by(state, lambda intake: intake.listing(listed))
    assert woken_by(state, lambda intake: intake.listing(listed)) == []


def test_all_that_is_known_is_looked_at_by_a_new_leader() -> None:
    state = make_state()
    old = raw_request(name="old", uid="old")
    young = raw_request(name="a-young", uid="young", creationTimestamp="2026-01-01T12:00:02Z")
    orphan = raw_pod(name="orphan", ownerReferences=[{**raw_pod()["metadata"]["ownerReferences"][0], "name": "gone"}])
    listed = RawListing(50, read([young, old]), [orphan, raw_warm_pod()], [raw_class(reuse={"mode": "Warm"})], [])
    woken_by(state, lambda intake: intake.listing(listed))
    keys = woken_by(state, lambda intake: intake.everything())
    assert keys[:2] == [Key("team", "old"), Key("team", "a-young")]
    assert set(keys[2:]) == {Key("team", "gone"), Pool("team", "default")}


def test_namespace_wakes_its_requests_when_its_labels_change() -> None:
    state = make_state()
    for body in (raw_request(), raw_request(namespace="other"), raw_request(name="done", status={"phase": "Failed"})):
        woken_by(state, lambda intake, body=body: intake.request(body, deleted=False))
    for version, labels, woken in (("5", {"tier": "gold"}, [KEY]), ("6", {"tier": "gold"}, []), ("7", {}, [KEY])):
        body = raw_namespace("team", labels, resourceVersion=version)
        assert woken_by(state, lambda intake, body=body: intake.namespace(body, deleted=False)) == woken
    assert woken_by(state, lambda intake: intake.namespace(raw_namespace(resourceVersion="8"), deleted=True)) == []
    assert state.cache.namespaces.labels_of("team") is None


def test_request_of_a_higher_priority_is_looked_at_before_those_that_came_before() -> None:
    priorities = {"low": -1, "middle": 0, "also-middle": 0, "high": 1}
    bodies = [raw_request(raw_spec(priority=priority), name=name) for name, priority in priorities.items()]
    events = [lambda intake, body=body: intake.request(body, deleted=False) for body in bodies]
    keys = woken_by(make_state(), *events)
    assert [key.name for key in keys if isinstance(key, Key)] == ["high", "middle", "also-middle", "low"]


def test_list_wakes_those_of_a_higher_priority_first() -> None:
    state = make_state()
    names = {"low": -1, "high": 1, "middle": 0}
    requests = [raw_request(raw_spec(priority=priority), name=name) for name, priority in names.items()]
    keys = woken_by(state, lambda intake: intake.listing(RawListing(50, read(requests), [], [raw_class()], [])))
    assert [key.name for key in keys if isinstance(key, Key)] == ["high", "middle", "low"]


def test_list_wakes_the_requests_of_a_namespace_with_other_labels() -> None:
    state = make_state()
    listed = RawListing(50, read([raw_request()]), [], [raw_class()], [raw_namespace()])
    assert woken_by(state, lambda intake: intake.listing(listed)) == [KEY]
    relabelled = replace(listed, namespaces=[raw_namespace(labels={"tier": "gold"}, resourceVersion="40")])
    assert woken_by(state, lambda intake: intake.listing(relabelled)) == [KEY]
    assert woken_by(state, lambda intake: intake.listing(relabelled)) == []
