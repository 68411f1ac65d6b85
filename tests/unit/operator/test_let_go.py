"""How a deleted request goes, and when its images do."""

from dataclasses import replace
from typing import Any

import pytest

from kubeshot_operator.api.bucket import BucketReady, BucketUnavailable, Erasure, RunKeys
from kubeshot_operator.api.crd import STORED_IMAGES_FINALIZER, ConditionType, Phase
from kubeshot_operator.api.model import ScreenshotRequest, Status, StoredOutput
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.observation import MissingClass
from kubeshot_operator.decide.run import decide, unwanted
from unit.contract.make import raw_spec
from unit.operator.builders import (
    NOW,
    OBJECT_KEY,
    SHA256,
    UID,
    after,
    make_claim,
    make_class,
    make_finished,
    make_observation,
    make_pod,
    make_request,
    make_result,
    make_running,
    make_status,
    make_warm,
)

DELETE = raw_spec(retention="Delete")
HELD: dict[str, Any] = {"finalizers": ["example.com/theirs", STORED_IMAGES_FINALIZER]}
GOING: dict[str, Any] = {**HELD, "deletionTimestamp": "2026-01-01T12:00:00Z"}
OUTPUT = StoredOutput("screenshot", "shots", OBJECT_KEY, SHA256, 1000, "image/png")
STORED = make_status(Phase.SUCCEEDED, outputs=(OUTPUT,), storage_key=OBJECT_KEY, completion_time=NOW)
BELOW = f"team/shot/{UID}/"
CLAIMED = make_status(attempts=(make_claim(),), uploads=(RunKeys(1, "default", (OBJECT_KEY,), until=after(75)),))


def decided(request: ScreenshotRequest, *pods: Any, **facts: Any) -> Decision:
    decision = decide(make_observation(request, *pods, **facts))
    assert isinstance(decision, Decision)
    return decision


def going(status: Status | None = STORED, spec: dict[str, Any] | None = None, **metadata: Any) -> ScreenshotRequest:
    """Return a request that was deleted and is held."""
    return make_request(status, DELETE if spec is None else spec, **{**GOING, **metadata})


class TestHolding:
    @pytest.mark.parametrize(
        ("status", "suspend"),
        [(None, False), (STORED, False), (make_status(), True)],
        ids=["fresh", "over", "suspended"],
    )
    def test_request_is_held_before_all_else(self, status: Status | None, suspend: bool) -> None:
        request = make_request(status, raw_spec(retention="Delete", suspend=suspend))
        assert decided(request) == Decision(hold=True, wake_at=NOW)

    def test_held_request_goes_on(self) -> None:
        assert decide(make_observation(make_request(spec=DELETE, **HELD))) is Question.BUCKET

    def test_request_that_retains_is_never_held(self) -> None:
        assert decide(make_observation(make_request())) is Question.BUCKET

    def test_request_that_retains_by_now_is_released(self) -> None:
        assert decided(make_request(STORED, raw_spec(), **HELD)) == Decision(hold=False, wake_at=NOW)

    def test_request_that_cannot_be_read_stays_as_it_is(self) -> None:
        assert decided(make_request(spec={"url": "x"}, **HELD)).hold is None


class TestGoing:
    def test_request_that_is_not_held_only_loses_its_pods(self) -> None:
        request = make_request(spec=DELETE, deletionTimestamp="2026-01-01T12:00:00Z")
        assert decided(request, make_running()) == Decision(delete=("shot-5f2c0-1-1-1",))

    def test_images_go_first(self) -> None:
        seen = make_observation(going())
        assert decide(seen) is Question.ERASED
        assert unwanted(seen) == (Erasure("default", (OBJECT_KEY,), BELOW),)

    def test_request_follows_its_images(self) -> None:
        assert decided(going(), erased=BucketReady()) == Decision(hold=False)

    def test_request_that_retains_by_now_goes_without_them(self) -> None:
        assert decided(going(spec=raw_spec())) == Decision(hold=False)

    def test_pod_that_may_store_something_is_ended_and_waited_for(self) -> None:
        request = going(make_status())
        forms_end = after(5 * 60 + 60 + 5 * 60)
        assert decided(request, make_running()) == Decision(delete=("shot-5f2c0-1-1-1",), wake_at=forms_end)
        assert decided(request, make_running(deleting=True)) == Decision(wake_at=forms_end)

    def test_pod_on_a_lost_node_is_not_waited_for_for_ever(self) -> None:
        late = after(5 * 60 + 60 + 5 * 60)
        assert decide(make_observation(going(make_status()), make_pod(deleting=True), now=late)) is Question.ERASED

    def test_pod_that_has_ended_is_not_waited_for(self) -> None:
        assert decide(make_observation(going(make_status()), make_finished())) is Question.ERASED

    @pytest.mark.parametrize(
        ("facts", "waits"),
        [
            ({"warm_pod": make_warm()}, True),
            ({"warm_pod": make_warm(), "now": after(75)}, False),
            ({"warm_pod": make_warm(), "report": make_result()}, False),
            ({"warm_pod": None}, False),
            ({"warm_pod": make_warm(phase="Failed")}, False),
        ],
        ids=["under way", "too late", "told", "pod gone", "pod ended"],
    )
    def test_capture_in_a_warm_pod_is_waited_for(self, facts: dict[str, Any], waits: bool) -> None:
        decision = decide(make_observation(going(CLAIMED), **facts))
        assert decision == Decision(wake_at=after(75)) if waits else decision is Question.ERASED

    def test_older_claims_are_waited_for_whatever_became_of_their_pods(self) -> None:
        superseded = make_status(Phase.QUEUED, run=2, uploads=CLAIMED.uploads)
        assert decided(going(superseded)) == Decision(wake_at=after(75))

    def test_what_runs_left_in_other_buckets_goes_too(self) -> None:
        left = RunKeys(1, "other", ("team/a.png",))
        seen = make_observation(going(replace(STORED, run=2, uploads=(left,))))
        assert unwanted(seen)[1:] == (Erasure("other", ("team/a.png",)),)

    def test_template_without_a_part_of_its_own_is_counted_through(self) -> None:
        template = {"keyTemplate": "{run}/{output}-{uid}.{extension}"}
        seen = make_observation(going(replace(STORED, run=2)), capture_class=make_class(template))
        keys = (OBJECT_KEY, f"1/screenshot-{UID}.png", f"2/screenshot-{UID}.png")
        assert unwanted(seen) == (Erasure("default", keys),)


UNREACHABLE = BucketUnavailable("bucket shots at http://minio cannot be reached: connection refused")


class TestStaying:
    @pytest.mark.parametrize(
        ("facts", "reason", "told"),
        [
            ({"erased": UNREACHABLE}, "StorageUnavailable", "connection refused"),
            (
                {"capture_class": MissingClass("there is no CaptureClass x")},
                "ClassNotFound",
                "there is no CaptureClass x",
            ),
            (
                {"capture_class": make_class({"bucket": "new"})},
                "StorageUnavailable",
                "in bucket shots, but CaptureClass",
            ),
        ],
        ids=["the bucket is away", "the class is gone", "the class has another bucket"],
    )
    def test_request_says_what_keeps_it_and_the_way_out(self, facts: dict[str, Any], reason: str, told: str) -> None:
        decision = decided(going(), **facts)
        assert decision.status is not None
        condition = decision.status.condition(ConditionType.KEPT)
        assert condition is not None
        assert (condition.reason, decision.hold) == (reason, None)
        assert told in condition.message
        assert condition.message.endswith("set spec.retention to Retain to leave them there")
        assert decision.wake_at == after(10)

    @pytest.mark.parametrize(
        "facts", [{"erased": UNREACHABLE}, {"capture_class": MissingClass("x")}], ids=["bucket", "class"]
    )
    def test_request_that_never_stored_anything_is_not_kept(self, facts: dict[str, Any]) -> None:
        assert decided(going(make_status(Phase.QUEUED)), **facts) == Decision(hold=False)
        assert decided(going(CLAIMED), now=after(75), **facts).hold is None

    def test_spec_that_cannot_be_read_keeps_it(self) -> None:
        decision = decided(going(spec={"url": "x"}))
        assert decision.status is not None
        assert "the spec cannot be read" in decision.status.conditions[0].message

    @pytest.mark.parametrize(("waited", "pause"), [(0, 10), (60, 60), (3600, 300)])
    def test_longer_it_lasts_the_less_often_it_is_tried(self, waited: int, pause: int) -> None:
        first = decided(going(), erased=UNREACHABLE).status
        assert first is not None
        again = decided(going(first), erased=UNREACHABLE, now=after(waited))
        assert again == Decision(wake_at=after(waited + pause))
