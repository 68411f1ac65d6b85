"""Which attempts may share a pod, and what becomes of one in a warm pod."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Failure
from kubeshot_operator.api.bucket import BucketReady, BucketUnavailable
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.crd import Phase, Wait
from kubeshot_operator.api.model import Attempt
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.observation import (
    ClaimGranted,
    ClaimHeld,
    GoesAlone,
    Observation,
    PodWanted,
    SlotGranted,
    SlotHeld,
)
from kubeshot_operator.decide.pod import PodPlan
from kubeshot_operator.decide.run import decide
from kubeshot_operator.decide.sharing import may_share
from kubeshot_operator.decide.warm_pod import WarmPlan
from unit.contract.make import make_spec, raw_spec
from unit.operator.builders import (
    NOW,
    OBJECT_KEY,
    after,
    make_attempt,
    make_claim,
    make_class,
    make_end,
    make_observation,
    make_request,
    make_result,
    make_status,
    make_stored,
    make_warm,
    make_warm_class,
)

WARM_CLASS = make_warm_class()
CLAIMED = make_request(make_status(Phase.CAPTURING, attempts=(make_claim(),), start_time=NOW))
POD = make_warm()
STORED = {OBJECT_KEY: make_stored()}


def lost(**changes: Any) -> Attempt:
    return make_claim(reason=Reason.POD_LOST, end_time=NOW, **changes)


@pytest.mark.parametrize(
    ("attempts", "shares"),
    [
        ((), True),
        ((make_claim(reason=Reason.CONNECTION_FAILED, end_time=NOW),), True),
        ((lost(),), True),
        ((lost(exit_code=0),), True),
        ((lost(), lost(index=2)), False),
        ((lost(exit_code=137),), False),
        ((make_claim(reason=Reason.RENDERER_CRASHED, end_time=NOW),), False),
        ((make_claim(reason=Reason.DEADLINE_EXCEEDED, end_time=NOW),), False),
        ((make_attempt(reason=Reason.OUT_OF_MEMORY),), False),
        ((make_attempt(reason=Reason.POD_LOST, exit_code=137),), True),
    ],
    ids=[
        "the first",
        "network",
        "pod gone",
        "pod ended",
        "pod gone twice",
        "pod died",
        "browser crashed",
        "hung",
        "memory",
        "a pod of its own died",
    ],
)
def test_what_may_have_harmed_others_is_alone_from_then_on(attempts: tuple[Attempt, ...], shares: bool) -> None:
    assert may_share(WARM_CLASS, make_spec(), make_status(attempts=attempts)) is shares


def test_class_decides_whether_pods_are_shared() -> None:
    assert not may_share(make_class(), make_spec(), make_status())


READY: dict[str, Any] = {"capture_class": WARM_CLASS, "bucket": BucketReady()}


def decided(**facts: Any) -> Decision:
    decision = decide(make_observation(**facts))
    assert isinstance(decision, Decision)
    return decision


class TestStart:
    """How an attempt begins that may share a pod."""

    @pytest.mark.parametrize(
        ("facts", "question"),
        [
            ({"bucket": None}, Question.BUCKET),
            ({}, Question.TURN),
            ({"turn": PodWanted()}, Question.SLOT),
            ({"turn": GoesAlone()}, Question.SLOT),
        ],
        ids=["bucket", "turn", "slot of a warm pod", "slot of a pod of its own"],
    )
    def test_facts_are_asked_for_one_by_one(self, facts: dict[str, Any], question: Question) -> None:
        assert decide(make_observation(**{**READY, **facts})) is question

    def test_claim_is_written_with_its_pod(self) -> None:
        decision = decided(**READY, turn=ClaimGranted(POD))
        assert decision.status is not None
        assert decision.status.phase is Phase.CAPTURING
        assert decision.status.attempts == (
            Attempt(1, POD.name, memory_limit=None, node_name="node-1", start_time=NOW),
        )
        assert (decision.create, decision.wake_at) == (None, after(75))

    def test_pod_is_created_for_whoever_is_first_when_it_is_up(self) -> None:
        decision = decided(**READY, turn=PodWanted(), slot=SlotGranted())
        assert isinstance(decision.create, WarmPlan)
        assert decision.status is not None
        assert (decision.status.phase, decision.status.attempts) == (Phase.QUEUED, ())

    def test_wait_is_explained(self) -> None:
        decision = decided(**READY, turn=ClaimHeld(Reason.UNSCHEDULABLE, "no node takes it"))
        assert decision.status is not None
        assert (decision.status.conditions[0].reason, decision.status.conditions[0].message) == (
            "Unschedulable",
            "no node takes it",
        )
        assert decided(**READY, turn=PodWanted(), slot=SlotHeld(Wait.POD_LIMIT, "20 run")).create is None

    def test_request_that_goes_alone_has_a_pod_of_its_own(self) -> None:
        assert isinstance(decided(**READY, turn=GoesAlone(), slot=SlotGranted()).create, PodPlan)

    def test_secrets_are_never_shared(self) -> None:
        spec = raw_spec(request={"basicAuth": {"secretRef": {"name": "login"}}})
        assert decide(make_observation(make_request(spec=spec), **READY)) is Question.SLOT


def follow(**facts: Any) -> Decision | Question:
    return decide(replace(Observation(CLAIMED, (), WARM_CLASS, NOW, warm_pod=POD), **facts))


def followed(**facts: Any) -> Decision:
    decision = follow(**facts)
    assert isinstance(decision, Decision)
    return decision


def ended(**changes: Any) -> WarmPod:
    return make_warm(**{"phase": "Failed", "termination": make_end("", 137), **changes})


class TestClaim:
    """What becomes of an attempt in a warm pod."""

    def test_capture_goes_on_without_a_write(self) -> None:
        assert followed() == Decision(wake_at=after(75))

    def test_pod_that_is_to_end_may_finish_what_it_has(self) -> None:
        assert followed(warm_pod=make_warm(deleting=True)).status is None

    def test_result_is_believed_as_far_as_the_bucket_bears_it_out(self) -> None:
        report = make_result()
        assert follow(report=report) is Question.STORED
        done = followed(report=report, stored=STORED, now=after(3))
        assert done.status is not None
        assert done.status.phase is Phase.SUCCEEDED
        assert (done.status.attempts[0].end_time, done.delete) == (after(3), ())
        failed = followed(report=report, stored={}, now=after(3))
        assert failed.status is not None
        assert failed.status.attempts[0].reason is Reason.UPLOAD_FAILED

    def test_result_that_came_before_the_pod_was_gone_counts(self) -> None:
        done = followed(report=make_result(), stored=STORED, warm_pod=None)
        assert done.status is not None
        assert done.status.verdict is not None

    @pytest.mark.parametrize("wrong", [{"run": 2}, {"attempt": 2}])
    def test_result_of_another_attempt_does_not(self, wrong: dict[str, int]) -> None:
        assert followed(report=make_result(**wrong)).status is None

    @pytest.mark.parametrize(
        ("pod", "reason", "exit_code", "told"),
        [
            (None, Reason.POD_LOST, None, "vanished"),
            (ended(), Reason.POD_LOST, 137, "ended"),
            (ended(oom_killed=True), Reason.POD_LOST, 137, "ran out of memory"),
            (ended(reason="Evicted", message="low on disk", termination=None), Reason.EVICTED, None, "low on disk"),
            (ended(disrupted=True), Reason.EVICTED, 137, "it was disrupted"),
        ],
        ids=["vanished", "ended", "memory", "evicted", "drained"],
    )
    def test_pod_that_is_gone_gives_its_claims_back(
        self, pod: WarmPod | None, reason: Reason, exit_code: int | None, told: str
    ) -> None:
        assert follow(warm_pod=pod) is Question.STORED
        decision = followed(warm_pod=pod, stored={})
        assert decision.status is not None
        [attempt] = decision.status.attempts
        assert (decision.status.phase, attempt.reason, attempt.exit_code) == (Phase.QUEUED, reason, exit_code)
        assert told in (attempt.message or "")
        assert decision.delete == (), "the pool's own pass clears it away"

    def test_what_a_lost_pod_had_stored_is_a_success(self) -> None:
        decision = followed(warm_pod=None, stored=STORED)
        assert decision.status is not None
        assert decision.status.phase is Phase.SUCCEEDED

    def test_bucket_that_is_away_is_waited_for(self) -> None:
        decision = followed(warm_pod=ended(), stored=BucketUnavailable("away"))
        assert decision.status is not None
        assert (decision.status.attempts[0].end_time, decision.delete) == (None, ())

    def test_capture_that_is_never_told_of_fails_at_its_time(self) -> None:
        assert follow(now=after(75)) is Question.STORED
        decision = followed(now=after(75), stored={})
        assert decision.status is not None
        assert decision.status.attempts[0].reason is Reason.DEADLINE_EXCEEDED

    def test_capture_that_is_never_told_of_and_has_stored_all_is_a_success(self) -> None:
        decision = followed(now=after(75), stored=STORED)
        assert decision.status is not None
        assert decision.status.phase is Phase.SUCCEEDED

    def test_deadline_of_the_request_counts(self) -> None:
        decision = followed(now=NOW + timedelta(minutes=5))
        assert decision.status is not None
        assert (decision.status.phase, decision.delete) == (Phase.FAILED, ())

    def test_memory_that_was_not_enough_among_others_is_told_so(self) -> None:
        failure = Failure(Reason.OUT_OF_MEMORY, "the renderer ran out of memory", retryable=True)
        decision = followed(report=make_result(failure=failure))
        assert decision.status is not None
        assert "in a pod with others" in (decision.status.attempts[0].message or "")
