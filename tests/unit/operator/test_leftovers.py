"""What runs leave in the bucket: noted before it can be there, and deleted when nobody can store there any more."""

from dataclasses import replace
from typing import Any

import pytest

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.bucket import BucketReady, BucketUnavailable, Erasure, RunKeys
from kubeshot_operator.api.crd import Phase, Wait
from kubeshot_operator.api.model import Status, StoredOutput
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.leftovers import ERASE_RETRY, MAX_RUNS, expect_uploads
from kubeshot_operator.decide.observation import ClaimGranted, SlotGranted, SlotHeld
from kubeshot_operator.decide.run import decide, unwanted
from unit.contract.make import raw_spec
from unit.operator.builders import (
    NOW,
    OBJECT_KEY,
    SHA256,
    UID,
    after,
    make_attempt,
    make_claim,
    make_class,
    make_ended,
    make_finished,
    make_observation,
    make_pod,
    make_request,
    make_running,
    make_status,
    make_stored,
    make_warm,
    make_warm_class,
)

KEYS = RunKeys(1, "default", (OBJECT_KEY,))
FAILED = make_status(
    Phase.FAILED, completion_time=NOW, attempts=(make_attempt(reason=Reason.UPLOAD_FAILED),), uploads=(KEYS,)
)
SUPERSEDED = make_status(uploads=(KEYS,), attempts=(make_attempt(),))
AGAIN = raw_spec(url="https://example.com/other")


def decided(*args: Any, **facts: Any) -> Decision:
    decision = decide(make_observation(*args, **facts))
    assert isinstance(decision, Decision)
    return decision


def uploads(decision: Decision) -> tuple[RunKeys, ...]:
    assert decision.status is not None
    return decision.status.uploads


class TestNoting:
    def test_keys_are_noted_with_the_pod(self) -> None:
        assert uploads(decided(bucket=BucketReady(), slot=SlotGranted())) == (KEYS,)

    def test_keys_of_a_claim_are_noted_with_its_end(self) -> None:
        granted = {"bucket": BucketReady(), "turn": ClaimGranted(make_warm())}
        decision = decided(make_request(), capture_class=make_warm_class(), **granted)
        assert uploads(decision) == (replace(KEYS, until=after(60 + 15)),)

    def test_keys_are_noted_when_a_pod_is_adopted(self) -> None:
        assert uploads(decided(make_request(), make_running())) == (KEYS,)

    def test_success_needs_no_note(self) -> None:
        decision = decided(make_request(SUPERSEDED), make_finished(), stored={OBJECT_KEY: make_stored()})
        assert uploads(decision) == ()

    def test_failure_that_is_tried_again_keeps_the_note(self) -> None:
        assert uploads(decided(make_request(SUPERSEDED), make_ended(exit_code=1))) == (KEYS,)

    def test_latest_end_of_a_claim_counts(self) -> None:
        status = make_status(uploads=(replace(KEYS, until=after(75)),))
        [noted] = expect_uploads(status, make_request(), make_class(), after(50)).uploads
        assert noted.until == after(75)

    def test_oldest_note_makes_room(self) -> None:
        status = make_status(run=20, uploads=tuple(replace(KEYS, run=run) for run in range(1, MAX_RUNS + 1)))
        noted = expect_uploads(status, make_request(), make_class()).uploads
        assert [item.run for item in noted] == [*range(2, MAX_RUNS + 1), 20]

    def test_new_run_keeps_the_notes_of_the_one_before(self) -> None:
        request = make_request(SUPERSEDED, AGAIN, generation=2)
        decision = decided(request, make_running(), bucket=BucketReady(), slot=SlotHeld(Wait.POD_LIMIT, "place 3"))
        assert uploads(decision) == (KEYS,)

    def test_pod_that_no_status_told_of_is_noted(self) -> None:
        request = make_request(spec=AGAIN, generation=2)
        decision = decided(request, make_running(), bucket=BucketReady(), slot=SlotHeld(Wait.POD_LIMIT, "place 3"))
        assert uploads(decision) == (KEYS,)


class TestClearing:
    @pytest.mark.parametrize(
        ("status", "changes", "pods", "due"),
        [
            (FAILED, {}, (), True),
            (FAILED, {}, (make_ended(exit_code=1),), True),
            (FAILED, {}, (make_running(deleting=True),), False),
            (SUPERSEDED, {"spec": AGAIN, "generation": 2}, (), True),
            (SUPERSEDED, {"spec": AGAIN, "generation": 2}, (make_running(),), False),
            (SUPERSEDED, {"spec": AGAIN, "generation": 2}, (make_pod(run=2, generation=2),), True),
            (SUPERSEDED, {}, (), False),
            (SUPERSEDED, {}, (make_running(),), False),
        ],
        ids=[
            "failed",
            "failed, the pod has ended",
            "failed, the pod is on its way out",
            "superseded",
            "superseded, its pod runs",
            "superseded, another run's pod runs",
            "between attempts",
            "under way",
        ],
    )
    def test_what_is_left_goes_when_nobody_can_store_it(
        self, status: Status, changes: dict[str, Any], pods: tuple[Any, ...], due: bool
    ) -> None:
        seen = make_observation(make_request(status, **changes), *pods)
        assert (decide(seen) is Question.ERASED) is due
        assert unwanted(seen) == ((Erasure("default", (OBJECT_KEY,)),) if due else ())

    def test_claim_is_waited_for(self) -> None:
        status = replace(FAILED, uploads=(replace(KEYS, until=after(75)),))
        assert decided(make_request(status)) == Decision(wake_at=after(75))
        assert decide(make_observation(make_request(status), now=after(75))) is Question.ERASED

    def test_note_goes_with_what_it_is_about(self) -> None:
        decision = decided(make_request(FAILED), erased=BucketReady())
        assert (uploads(decision), decision.wake_at) == ((), None)

    @pytest.mark.parametrize(("waited", "pause"), [(0, 30), (60, 60), (3600, 300)])
    def test_bucket_that_is_away_is_tried_again_ever_less_often(self, waited: int, pause: int) -> None:
        decision = decided(make_request(FAILED), erased=BucketUnavailable("away"), now=after(waited))
        assert decision == Decision(wake_at=after(waited + pause))

    def test_bucket_that_is_away_holds_up_no_new_run(self) -> None:
        facts = {"erased": BucketUnavailable("away"), "bucket": BucketReady(), "slot": SlotGranted()}
        decision = decided(make_request(SUPERSEDED, AGAIN, generation=2), **facts)
        assert decision.create is not None
        assert [item.run for item in uploads(decision)] == [1, 2]
        assert decision.wake_at == NOW + ERASE_RETRY

    def test_clearing_is_told_even_where_nothing_else_is_news(self) -> None:
        claimed = make_status(run=2, attempts=(make_claim(),), uploads=(KEYS, replace(KEYS, run=2)))
        decision = decided(make_request(claimed), warm_pod=make_warm(), erased=BucketReady())
        assert [item.run for item in uploads(decision)] == [2]
        assert decision.wake_at == after(60 + 15)

    def test_stored_images_of_an_earlier_run_stay(self) -> None:
        image = StoredOutput("screenshot", "shots", OBJECT_KEY, SHA256, 1000, "image/png")
        other = f"team/shot/{UID}/2/screenshot.png"
        status = replace(FAILED, run=2, outputs=(image,), uploads=(RunKeys(2, "default", (OBJECT_KEY, other)),))
        assert unwanted(make_observation(make_request(status))) == (Erasure("default", (other,)),)
