"""The cache only ever moves forward, whoever tells it what, in whatever order."""

import re

import pytest

from kubeshot_contract.dispatch import digest_of
from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.decide.observation import MissingClass
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.listing import Listing
from kubeshot_operator.runtime.shelf import Shelf
from unit.contract.make import raw_spec
from unit.operator.builders import (
    KEY,
    NOW,
    UID,
    make_attempt,
    make_claim,
    make_class,
    make_ended,
    make_pod,
    make_request,
    make_running,
    make_status,
    make_warm,
)


def cache_of(*objects: ScreenshotRequest | CapturePod | CaptureClass) -> Cache:
    cache = Cache()
    for item in objects:
        match item:
            case ScreenshotRequest():
                cache.put_request(item)
            case CapturePod():
                cache.put_pod(item)
            case CaptureClass():
                cache.classes.put(item)
    return cache


def listing(version: int, *objects: ScreenshotRequest | CapturePod) -> Listing:
    return Listing(
        version,
        tuple(item for item in objects if isinstance(item, ScreenshotRequest)),
        tuple(item for item in objects if isinstance(item, CapturePod)),
        Shelf(),
    )


def test_older_request_is_ignored() -> None:
    cache = cache_of(make_request(resourceVersion="10"), make_request(resourceVersion="9", generation=7))
    assert cache.requests[KEY].resource_version == "10"


def test_versions_are_compared_as_numbers() -> None:
    assert cache_of(make_pod(resource_version="9"), make_ended(resource_version="10")).live_pods == 0


def test_older_pod_is_ignored() -> None:
    assert cache_of(make_ended(resource_version="10"), make_running(resource_version="9")).live_pods == 0


def test_deletion_of_the_one_before_leaves_the_new_one_of_that_name() -> None:
    cache = cache_of(make_request(uid="new", resourceVersion="20"), make_pod(uid="new", resource_version="20"))
    cache.drop_request(KEY, "old", 21)
    cache.drop_pod("team", "shot-5f2c0-1-1-1", "old", 21)
    assert KEY in cache.requests
    assert cache.live_pods == 1


@pytest.mark.parametrize("known", [True, False], ids=["known before", "never seen"])
def test_deleted_object_does_not_come_back(known: bool) -> None:
    cache = cache_of(make_request(resourceVersion="5"), make_pod(resource_version="5")) if known else Cache()
    cache.drop_request(KEY, UID, 7)
    cache.drop_pod("team", "shot-5f2c0-1-1-1", make_pod().uid, 7)
    cache.put_request(make_request(resourceVersion="6"))
    cache.put_pod(make_pod(resource_version="6"))
    assert (cache.requests, cache.pods_of(KEY), cache.live_pods) == ({}, (), 0)


def test_list_that_was_on_its_way_does_not_bring_a_deleted_object_back() -> None:
    cache = cache_of(make_request(resourceVersion="5"), make_pod(resource_version="5"))
    cache.drop_request(KEY, UID, 7)
    cache.drop_pod("team", "shot-5f2c0-1-1-1", make_pod().uid, 8)
    cache.replace_all(listing(6, make_request(resourceVersion="5"), make_pod(resource_version="5")))
    assert (cache.requests, cache.live_pods) == ({}, 0)


def test_object_that_left_a_selector_may_come_back_with_a_newer_version() -> None:
    cache = cache_of(make_pod(resource_version="5"))
    cache.drop_pod("team", "shot-5f2c0-1-1-1", make_pod().uid, 7)
    cache.put_pod(make_pod(resource_version="8"))
    assert cache.live_pods == 1


def test_deletions_are_forgotten_after_two_lists() -> None:
    cache = Cache()
    cache.drop_pod("team", "shot-5f2c0-1-1-1", "gone", 7)
    for version in (8, 9):
        cache.replace_all(listing(version))
    assert "gone" not in cache._deletions


def test_pod_whose_owner_was_edited_leaves_its_old_owner() -> None:
    cache = cache_of(make_pod(resource_version="5"), make_pod(resource_version="6", request_name="other"))
    cache.drop_pod("team", "shot-5f2c0-1-1-1", make_pod().uid, 7)
    assert cache.pods_of(KEY) == ()


def test_list_drops_what_is_no_longer_there_and_names_it() -> None:
    cache = cache_of(make_request(resourceVersion="5"), make_running(resource_version="6"))
    assert cache.replace_all(listing(10)) == {KEY}
    assert (cache.requests, cache.live_pods) == ({}, 0)


def test_list_keeps_what_is_younger_than_itself() -> None:
    cache = cache_of(make_request(resourceVersion="11"), make_running(resource_version="12"))
    assert cache.replace_all(listing(10)) == set()
    assert KEY in cache.requests
    assert cache.live_pods == 1


def test_list_does_not_set_back_what_is_newer() -> None:
    cache = cache_of(make_request(resourceVersion="11"), make_ended(resource_version="12"))
    listed = listing(10, make_request(resourceVersion="9"), make_running(resource_version="8"))
    assert cache.replace_all(listed) == set()
    assert cache.requests[KEY].resource_version == "11"
    assert cache.live_pods == 0


def test_list_names_what_it_brings() -> None:
    cache = cache_of(make_request(resourceVersion="5"), make_running(resource_version="5"))
    same = listing(10, make_request(resourceVersion="5"), make_running(resource_version="5"))
    assert cache.replace_all(same) == set()
    assert cache.replace_all(listing(12, make_request(resourceVersion="5"), make_ended(resource_version="11"))) == {KEY}


def test_live_pods_are_those_that_have_not_ended() -> None:
    cache = cache_of(make_pod(), make_running(attempt=2), make_ended(attempt=3), make_running(attempt=4, deleting=True))
    assert cache.live_pods == 3
    assert [pod.attempt for pod in cache.pods_of(KEY)] == [1, 2, 3, 4]


def test_default_class_is_found() -> None:
    fast = make_class(name="fast", is_default="false")
    cache = cache_of(make_class(), fast)
    assert cache.class_for(make_request()) == make_class()
    assert cache.class_for(make_request(spec=raw_spec(captureClassName="fast"))) == fast


@pytest.mark.parametrize(
    ("classes", "wanted", "told"),
    [
        ([], None, "no CaptureClass is the default"),
        ([make_class(name="a"), make_class(name="b")], None, r"2 CaptureClasses are marked as default \(a, b\)"),
        ([], "fast", r"there is no CaptureClass fast: .* \(none\)"),
        ([make_class(name="a"), make_class(name="b")], "fast", r"\(a, b\)"),
    ],
    ids=["none at all", "two defaults", "none of that name", "others exist"],
)
def test_missing_class_is_explained(classes: list[CaptureClass], wanted: str | None, told: str) -> None:
    missing = cache_of(*classes).class_for(make_request(spec=raw_spec(captureClassName=wanted)))
    assert isinstance(missing, MissingClass)
    assert re.search(told, missing.message)


def test_broken_class_says_what_is_wrong_until_it_is_mended() -> None:
    cache = cache_of(make_class())
    cache.classes.put_broken("default", "CaptureClass default: pod is missing")
    named = make_request(spec=raw_spec(captureClassName="default"))
    assert cache.class_for(named) == MissingClass("CaptureClass default: pod is missing")
    cache.classes.put(make_class())
    assert cache.class_for(named) == make_class()


def test_classes_that_a_list_lacks_are_forgotten() -> None:
    cache = cache_of(make_class(), make_class(name="b", is_default="false"))
    cache.classes.put_broken("c", "broken")
    cache.classes.keep({"b"})
    assert isinstance(cache.class_for(make_request()), MissingClass)
    assert isinstance(cache.class_for(make_request(spec=raw_spec(captureClassName="b"))), CaptureClass)
    cache.classes.drop("b")
    assert isinstance(cache.class_for(make_request(spec=raw_spec(captureClassName="b"))), MissingClass)


def test_pod_is_found_by_its_token_while_it_runs() -> None:
    cache = cache_of(make_running(token_digest=digest_of("a token")))
    assert cache.holder_of("a token") is not None
    assert cache.holder_of("another") is None
    cache.put_pod(make_ended(token_digest=digest_of("a token"), resource_version="10"))
    assert cache.holder_of("a token") is None
    cache.drop_pod("team", "shot-5f2c0-1-1-1", make_pod().uid, 11)
    assert cache.holder_of("a token") is None


def test_pod_that_copies_the_digest_of_another_does_not_get_into_its_way() -> None:
    mine = make_running(token_digest=digest_of("a token"))
    cache = cache_of(mine)
    cache.put_pod(make_running(name="copy", uid="copy", namespace="other", token_digest=mine.token_digest))
    assert cache.holder_of("a token") == mine


def test_pod_without_a_token_is_found_by_none() -> None:
    assert cache_of(make_running()).holder_of("") is None


def test_claims_follow_the_statuses() -> None:
    claimed = make_request(make_status(attempts=(make_claim(),)), resourceVersion="5")
    cache = cache_of(claimed)
    assert cache.claims_of("team", "default-warm-1") == (claimed,)
    assert cache.claims_of("other", "default-warm-1") == ()
    cache.put_request(make_request(make_status(attempts=(make_claim(end_time=NOW),)), resourceVersion="6"))
    assert cache.claims_of("team", "default-warm-1") == ()


@pytest.mark.parametrize(
    "request_",
    [
        make_request(make_status(attempts=(make_attempt(),))),
        make_request(make_status(attempts=(make_claim(),)), generation=2),
        make_request(make_status(attempts=(make_claim(),)), deletionTimestamp="2026-01-01T12:00:00Z"),
        make_request(make_status(Phase.SUSPENDED, attempts=(make_claim(),))),
        make_request(make_status(Phase.FAILED, attempts=(make_claim(),))),
    ],
    ids=["a pod of its own", "an older run", "to be deleted", "suspended", "given up"],
)
def test_what_nobody_waits_for_any_more_is_no_claim(request_: ScreenshotRequest) -> None:
    assert cache_of(request_).claims_of("team", "default-warm-1") == ()


def test_request_is_found_by_its_uid() -> None:
    cache = cache_of(make_request(resourceVersion="5"))
    assert cache.request_of(UID) is not None
    cache.put_request(make_request(uid="made anew", resourceVersion="9"))
    assert cache.request_of(UID) is None
    cache.drop_request(KEY, "made anew", 10)
    assert cache.request_of("made anew") is None


def test_warm_pods_are_found_by_their_pool_and_count_as_live() -> None:
    cache = Cache()
    cache.put_pod(make_warm())
    pool = make_warm().owner
    assert (len(cache.pods_in(pool)), cache.live_pods, cache.pools_of("default")) == (1, 1, [pool])
    assert (cache.pods_of(KEY), cache.pools_of("other")) == ((), [])


def test_list_without_a_warm_pod_concerns_its_pool_and_what_it_had_claimed() -> None:
    claimed = make_request(make_status(attempts=(make_claim(),)), resourceVersion="5")
    cache = cache_of(claimed)
    cache.put_pod(make_warm(resource_version="5"))
    assert cache.replace_all(listing(50, claimed)) == {KEY, make_warm().owner}


def test_captures_are_counted_by_what_their_pods_were_made_for() -> None:
    cache = Cache()
    share = Share("fast", "team", "example.com")
    cache.put_pod(make_running(share=share))
    captures = cache.load(NOW).captures
    assert (captures.of_class("fast"), captures.of_host("fast", "example.com")) == (1, 1)
    cache.put_pod(make_running(share=share, resource_version="9", deleting=True))
    assert captures.of_class("fast") == 1, "it runs until it has ended"
    cache.put_pod(make_ended(share=share, resource_version="10"))
    assert captures.of_class("fast") == 0
    assert cache.load(NOW).pods == {}


def test_claims_are_captures_of_the_class_of_their_pod() -> None:
    cache = Cache()
    cache.put_pod(make_warm())
    cache.put_request(make_request(make_status(attempts=(make_claim(),)), raw_spec(url="http://example.com/")))
    captures = cache.load(NOW).captures
    assert (captures.of_class("default"), captures.of_host("default", "example.com")) == (1, 1)
    ended = make_status(attempts=(make_claim(reason=Reason.POD_LOST, end_time=NOW),))
    cache.put_request(make_request(ended, raw_spec(url="http://example.com/"), resourceVersion="9"))
    assert captures.of_class("default") == 0
    assert cache.load(NOW).live_pods == 1, "the warm pod is a pod, and no capture"
