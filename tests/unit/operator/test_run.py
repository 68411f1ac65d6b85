"""The decision for every state that a request can be in."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from kubeshot_contract.reasons import ExitCode, Reason
from kubeshot_contract.result import Failure, StoredImage
from kubeshot_contract.result_message import encode_result
from kubeshot_operator.api.bucket import BucketReady, BucketUnavailable, StoredObject
from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.api.crd import ConditionType, Phase, Wait
from kubeshot_operator.api.model import ScreenshotRequest, Status, StoredOutput
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.observation import MissingClass, Observation, Refusal, SlotGranted, SlotHeld
from kubeshot_operator.decide.pod import PodPlan
from kubeshot_operator.decide.run import current_run, decide
from kubeshot_operator.decide.status import MAX_MESSAGE, Writer
from unit.contract.make import raw_spec
from unit.operator.builders import (
    DIFFERENCE_HASH,
    MEBIBYTE,
    NOW,
    OBJECT_KEY,
    SHA256,
    after,
    make_attempt,
    make_class,
    make_end,
    make_ended,
    make_finished,
    make_observation,
    make_pod,
    make_request,
    make_result,
    make_running,
    make_status,
    make_stored,
)

POD = "shot-5f2c0-1-1-1"
CAPTURING = make_status(attempts=(make_attempt(),))
READY: dict[str, Any] = {"bucket": BucketReady(), "slot": SlotGranted()}
RESTRICTED = make_class(
    namespaces={
        "matchLabels": {"screenshots": "allowed"},
        "matchExpressions": [{"key": "tier", "operator": "In", "values": ["silver", "gold"]}],
    }
)
QUOTA = Refusal(Reason.QUOTA_EXCEEDED, "exceeded quota", timedelta(seconds=15))
STORED = {OBJECT_KEY: make_stored()}


def decided(request: ScreenshotRequest | None = None, *pods: CapturePod, **facts: Any) -> Decision:
    """Return the decision; asking for a further fact is a failure."""
    decision = decide(make_observation(request, *pods, **facts))
    assert isinstance(decision, Decision)
    return decision


def written(decision: Decision) -> Status:
    assert decision.status is not None
    return decision.status


def told(decision: Decision) -> tuple[Phase | None, str]:
    """Return the phase and the reason that a decision writes."""
    ready = written(decision).condition(ConditionType.READY)
    assert ready is not None
    return written(decision).phase, ready.reason


def message(decision: Decision) -> str:
    ready = written(decision).condition(ConditionType.READY)
    assert ready is not None
    return ready.message


class TestBeginning:
    @pytest.mark.parametrize(
        ("facts", "question"),
        [({}, Question.BUCKET), ({"bucket": BucketReady()}, Question.SLOT)],
        ids=["the bucket first", "then a slot"],
    )
    def test_facts_are_asked_for_one_by_one(self, facts: dict[str, Any], question: Question) -> None:
        assert decide(make_observation(**facts)) is question

    def test_pod_is_created(self) -> None:
        decision = decided(**READY)
        assert isinstance(decision.create, PodPlan)
        assert (decision.create.name, decision.create.memory) == (POD, 768 * MEBIBYTE)
        assert told(decision) == (Phase.STARTING, "Starting")
        assert (written(decision).run, written(decision).queued_time) == (1, NOW)
        assert [item.pod_name for item in written(decision).attempts] == [POD]
        assert decision.wake_at == after(300)

    def test_bucket_that_is_away_is_waited_for(self) -> None:
        decision = decided(bucket=BucketUnavailable("create it"))
        assert (told(decision), message(decision)) == ((Phase.QUEUED, "StorageUnavailable"), "create it")
        assert (decision.create, decision.wake_at) == (None, after(10))

    def test_slot_is_waited_for(self) -> None:
        decision = decided(bucket=BucketReady(), slot=SlotHeld(Wait.HOST_LIMIT, "place 3 in the queue"))
        assert (told(decision), message(decision)) == ((Phase.QUEUED, "HostLimit"), "place 3 in the queue")
        assert decision.wake_at == after(120), "what holds it up may have changed by then"

    def test_place_in_the_queue_is_not_written_again(self) -> None:
        queued = Writer(1, NOW).in_progress(make_status(), Phase.QUEUED, Wait.POD_LIMIT, "place 3 in the queue")
        slot = SlotHeld(Wait.POD_LIMIT, "place 2 in the queue")
        assert decided(make_request(queued), bucket=BucketReady(), slot=slot) == Decision(wake_at=after(120))

    @pytest.mark.parametrize("before", [Reason.QUOTA_EXCEEDED, Wait.POD_LIMIT])
    def test_change_in_the_kind_of_wait_is_written(self, before: str) -> None:
        held = Writer(1, NOW).in_progress(make_status(), Phase.QUEUED, before, "no room")
        decision = decided(make_request(held), bucket=BucketReady(), slot=SlotHeld(Wait.CLASS_LIMIT, "3"))
        assert told(decision) == (Phase.QUEUED, "ClassLimit")

    @pytest.mark.parametrize(
        ("labels", "expected"),
        [
            ({"tier": "gold", "screenshots": "allowed"}, None),
            ({"tier": "gold"}, "screenshots=allowed"),
            ({"screenshots": "allowed", "tier": "tin"}, "tier in (gold, silver)"),
            ({}, "screenshots=allowed,tier in (gold, silver)"),
        ],
        ids=["all", "no label", "another value", "nothing"],
    )
    def test_namespace_that_may_not_use_the_class_waits(self, labels: dict[str, str], expected: str | None) -> None:
        decision = decide(make_observation(capture_class=RESTRICTED, labels=labels))
        if expected is None:
            assert decision is Question.BUCKET
            return
        assert isinstance(decision, Decision)
        assert told(decision) == (Phase.QUEUED, "NamespaceNotAllowed")
        assert message(decision) == (
            f"namespace team may not use CaptureClass default, whose namespaces must match {expected}: label the "
            "namespace, or name another class"
        )

    def test_labels_that_are_not_known_yet_are_waited_for_in_silence(self) -> None:
        assert decided(capture_class=RESTRICTED) == Decision(wake_at=after(2))

    def test_namespace_is_of_no_matter_to_an_attempt_that_has_begun(self) -> None:
        decision = decided(make_request(make_status()), make_running(), capture_class=RESTRICTED, labels={})
        assert told(decision) == (Phase.CAPTURING, "Capturing")

    def test_refused_pod_is_waited_for(self) -> None:
        decision = decided(refusal=QUOTA)
        assert told(decision) == (Phase.QUEUED, "QuotaExceeded")
        assert (decision.create, decision.wake_at, written(decision).attempts) == (None, after(15), ())

    def test_refusal_for_good_ends_the_run(self) -> None:
        decision = decided(refusal=replace(QUOTA, reason=Reason.POD_REJECTED, final=True))
        assert (told(decision), decision.wake_at) == ((Phase.FAILED, "PodRejected"), None)

    def test_missing_class_is_waited_for(self) -> None:
        decision = decided(capture_class=MissingClass("create it"))
        assert (told(decision), decision.wake_at) == ((Phase.QUEUED, "ClassNotFound"), after(60))

    def test_spec_that_cannot_be_read_fails(self) -> None:
        decision = decided(make_request(spec={"url": "x"}))
        assert told(decision) == (Phase.FAILED, "InvalidRequest")
        assert "spec.emulate is not a JSON object" in message(decision)

    def test_suspended_request_waits_for_nothing(self) -> None:
        decision = decided(make_request(spec=raw_spec(suspend=True)))
        assert (told(decision), decision.wake_at) == ((Phase.SUSPENDED, "Suspended"), None)

    @pytest.mark.parametrize(
        "facts",
        [{}, {"refusal": QUOTA}, {"capture_class": MissingClass("x")}],
        ids=["in line", "refused", "without a class"],
    )
    def test_deadline_ends_every_wait(self, facts: dict[str, Any]) -> None:
        queued = Writer(1, NOW).in_progress(make_status(), Phase.QUEUED, Phase.QUEUED, "place 3 in the queue")
        decision = decided(make_request(queued), now=after(300), **facts)
        assert told(decision) == (Phase.FAILED, "QueueDeadlineExceeded")
        assert "5m00s passed; last: place 3 in the queue" in message(decision)

    def test_wait_never_outlasts_the_deadline(self) -> None:
        assert decided(make_request(make_status(Phase.QUEUED)), now=after(295), refusal=QUOTA).wake_at == after(300)

    def test_deleted_request_only_loses_its_pods(self) -> None:
        request = make_request(deletionTimestamp="2026-01-01T12:00:00Z")
        assert decided(request, make_running()) == Decision(delete=(POD,))


class TestRunning:
    def test_pod_that_starts_fast_is_not_told_of(self) -> None:
        assert decided(make_request(CAPTURING), make_pod(), now=after(4)) == Decision(wake_at=after(5))

    def test_run_that_the_status_does_not_know_is_told_of_at_once(self) -> None:
        assert told(decided(make_request(), make_pod(), now=after(1))) == (Phase.STARTING, "Starting")

    def test_next_attempt_is_created_without_a_write(self) -> None:
        failed = make_attempt(reason=Reason.CONNECTION_FAILED, end_time=NOW)
        decision = decided(make_request(make_status(Phase.QUEUED, attempts=(failed,))), now=after(2), **READY)
        assert decision.status is None
        assert isinstance(decision.create, PodPlan)
        assert decision.create.attempt == 2

    def test_capture_that_hangs_is_ended_soon_after_its_time(self) -> None:
        running = make_running(started=NOW)
        assert decided(make_request(CAPTURING), running, now=after(60)).wake_at == after(65)
        ended = decided(make_request(CAPTURING), running, now=after(65), stored={})
        assert (told(ended), ended.delete) == ((Phase.QUEUED, "DeadlineExceeded"), (POD,))
        assert "attemptTimeout of 1m00s" in message(ended)

    def test_a_node_whose_clock_is_behind_makes_no_capture_hang(self) -> None:
        running = make_running(started=NOW - timedelta(hours=1))
        decision = decided(make_request(CAPTURING), running, now=after(60))
        assert (decision.wake_at, decision.delete) == (after(65), ())

    def test_capture_that_hangs_after_its_upload_is_a_success(self) -> None:
        ended = decided(make_request(CAPTURING), make_running(started=NOW), now=after(65), stored=STORED)
        assert (told(ended), ended.delete) == ((Phase.SUCCEEDED, "Succeeded"), (POD,))

    @pytest.mark.parametrize("changes", [{"deleting": True}, {"disrupted": True}], ids=["deleted", "disrupted"])
    def test_pod_that_was_told_to_end_and_does_not_costs_no_retry(self, changes: dict[str, bool]) -> None:
        request = make_request(CAPTURING, spec=raw_spec(retry={"limit": 0}))
        ended = decided(request, make_running(started=NOW, **changes), now=after(65), stored={})
        assert told(ended) == (Phase.QUEUED, "PodLost")
        assert "node-1 may be lost" in message(ended)

    def test_pod_that_its_node_does_not_start_is_replaced_free_of_charge(self) -> None:
        request, pod = (
            make_request(CAPTURING, spec=raw_spec(deadline="1h", retry={"limit": 0})),
            make_pod(scheduled=NOW),
        )
        end = 60 + 180 + 5
        assert decided(request, pod, now=after(end - 1)).wake_at == after(end)
        replaced = decided(request, pod, now=after(end), stored={})
        assert (told(replaced), replaced.delete) == ((Phase.QUEUED, "PodLost"), (POD,))
        assert "did not start on node node-1" in message(replaced)

    def test_pod_without_a_node_is_waited_for_until_the_deadline(self) -> None:
        decision = decided(make_request(CAPTURING, spec=raw_spec(deadline="1h")), make_pod(), now=after(3000))
        assert (decision.delete, decision.wake_at) == ((), after(3600))

    def test_pod_on_its_way(self) -> None:
        decision = decided(make_request(CAPTURING), make_pod(), now=after(5))
        assert (told(decision), decision.wake_at) == ((Phase.STARTING, "Starting"), after(300))
        assert written(decision).attempts[0].node_name is None, "the node is told together with the start"

    def test_pod_that_captures(self) -> None:
        decision = decided(make_request(CAPTURING), make_running(started=after(2)), now=after(3))
        (attempt,) = written(decision).attempts
        assert told(decision) == (Phase.CAPTURING, "Capturing")
        assert (attempt.node_name, attempt.start_time, written(decision).start_time) == ("node-1", after(2), after(2))
        timings = written(decision).timings
        assert timings is not None
        assert (timings.queued, timings.pod_start) == (0, 2000)

    def test_pod_that_the_status_does_not_know_is_adopted(self) -> None:
        decision = decided(make_request(), make_running())
        assert decision.create is None
        assert [item.pod_name for item in written(decision).attempts] == [POD]

    def test_pod_that_no_node_takes_is_held(self) -> None:
        decision = decided(make_request(CAPTURING), make_pod(unschedulable="0/1 nodes"), now=after(200))
        assert (told(decision), decision.delete) == ((Phase.STARTING, "Unschedulable"), ())
        assert decision.wake_at == after(300)
        assert "0/1 nodes" in message(decision), "the scheduler's sentence"
        again = decided(make_request(written(decision)), make_pod(unschedulable="0/2 nodes"), now=after(210))
        assert (again.status, again.wake_at) == (None, after(300))

    def test_image_that_cannot_be_pulled_is_given_up_after_two_minutes(self) -> None:
        pod = make_pod(waiting_reason="ImagePullBackOff")
        assert decided(make_request(CAPTURING), pod, now=after(100)).wake_at == after(120)
        given_up = decided(make_request(CAPTURING), pod, now=after(120))
        assert (told(given_up), given_up.delete) == ((Phase.FAILED, "ImagePullFailed"), (POD,))

    def test_image_is_pulled_for_two_minutes_whenever_the_pod_gets_its_node(self) -> None:
        request, pod = make_request(CAPTURING), make_pod(waiting_reason="ErrImagePull", scheduled=after(150))
        held = decided(request, pod, now=after(160))
        assert (told(held), held.wake_at) == ((Phase.STARTING, "ImagePullFailed"), after(270))
        told_already = decided(
            make_request(written(held)), replace(pod, waiting_reason="ImagePullBackOff"), now=after(170)
        )
        assert told_already.status is None, "kubelets say the one and the other in turns"

    @pytest.mark.parametrize(
        ("attempt", "reason"),
        [(make_attempt(), "QueueDeadlineExceeded"), (make_attempt(start_time=NOW), "DeadlineExceeded")],
        ids=["never started", "captured"],
    )
    def test_deadline_ends_a_pod(self, attempt: Any, reason: str) -> None:
        pod = make_pod() if attempt.start_time is None else make_running()
        decision = decided(make_request(make_status(attempts=(attempt,))), pod, now=after(300))
        assert (told(decision), decision.delete) == ((Phase.FAILED, reason), (POD,))

    def test_pods_of_older_runs_and_ended_attempts_are_deleted(self) -> None:
        status = make_status(run=2, attempts=(make_attempt(1, Reason.EVICTED), make_attempt(2)))
        pods = (make_ended(run=2), make_running(run=2, attempt=2), make_running(), make_running(generation=0))
        decision = decided(make_request(status), *pods)
        assert set(decision.delete) == {pods[0].name, pods[2].name, pods[3].name}
        assert told(decision) == (Phase.CAPTURING, "Capturing")

    def test_pod_that_is_being_deleted_is_not_deleted_again(self) -> None:
        request = make_request(CAPTURING, spec=raw_spec(suspend=True))
        assert decided(request, make_running(deleting=True)).delete == ()

    def test_suspension_deletes_the_pod(self) -> None:
        request = make_request(CAPTURING, spec=raw_spec(suspend=True), generation=2)
        decision = decided(request, make_running())
        assert (told(decision), decision.delete) == ((Phase.SUSPENDED, "Suspended"), (POD,))


class TestEnd:
    def test_result_is_verified_first(self) -> None:
        assert decide(make_observation(make_request(CAPTURING), make_finished())) is Question.STORED

    def test_verified_result_is_a_success(self) -> None:
        decision = decided(make_request(CAPTURING), make_finished(), stored=STORED, now=after(5))
        status = written(decision)
        assert (told(decision), decision.delete, decision.wake_at) == ((Phase.SUCCEEDED, "Succeeded"), (POD,), None)
        assert status.outputs == (
            StoredOutput(
                *("screenshot", "shots", OBJECT_KEY, SHA256, 1000, "image/png"),
                etag="e1",
                width=800,
                height=600,
                perceptual_hash=DIFFERENCE_HASH,
            ),
        )
        assert status.timings is not None
        assert (status.timings.navigate, status.timings.settle, status.timings.total) == (40, 120, 5000)
        (attempt,) = status.attempts
        assert (attempt.exit_code, attempt.reason, attempt.end_time) == (0, None, NOW)
        assert attempt.peak_memory == 300 * MEBIBYTE

    def test_what_a_pod_reports_by_itself_is_told_like_its_end(self) -> None:
        seen = {"stored": STORED, "report": make_result()}
        (attempt,) = written(decided(make_request(CAPTURING), make_running(), **seen)).attempts
        assert (attempt.exit_code, attempt.reason, attempt.end_time) == (0, None, NOW)

    def test_failure_that_a_pod_reports_by_itself_has_the_exit_code_for_it(self) -> None:
        report = make_result(failure=Failure(Reason.HTTP_ERROR, "the server answered 404", retryable=False))
        (attempt,) = written(decided(make_request(CAPTURING), make_running(), report=report)).attempts
        assert (attempt.exit_code, attempt.reason) == (ExitCode.HTTP_ERROR, Reason.HTTP_ERROR)

    def test_reader_finds_the_image_at_the_public_endpoint(self) -> None:
        public = make_class({"publicEndpoint": "https://cdn.example.com"})
        status = written(decided(make_request(CAPTURING), make_finished(), stored=STORED, capture_class=public))
        assert status.outputs[0].url == f"https://cdn.example.com/shots/{OBJECT_KEY}"

    def test_document_has_no_size_in_pixels(self) -> None:
        request = make_request(CAPTURING, spec=raw_spec(outputs=[{"name": "screenshot", "format": "PDF"}]))
        key = OBJECT_KEY.replace(".png", ".pdf")
        result = make_result(outputs=(StoredImage("screenshot", SHA256, 1000),))
        (output,) = written(decided(request, make_finished(result), stored={key: make_stored(key=key)})).outputs
        assert output == StoredOutput("screenshot", "shots", key, SHA256, 1000, "application/pdf", etag="e1")

    def test_missing_secret_is_tried_again_and_named(self) -> None:
        failure = Failure(Reason.INVALID_REQUEST, "there is no key token in the Secret login", retryable=True)
        pod = make_ended(encode_result(make_result(failure=failure, outputs=())), ExitCode.INVALID_REQUEST)
        decision = decided(make_request(CAPTURING), pod)
        assert (told(decision), decision.wake_at) == ((Phase.QUEUED, "InvalidRequest"), after(2))
        assert "there is no key token in the Secret login" in message(decision)

    @pytest.mark.parametrize(
        ("stored", "images", "part"),
        [
            ({}, None, "does not have it"),
            (STORED, (), "reported no image for output screenshot"),
            ({OBJECT_KEY: make_stored(bytes=999)}, None, "not the one that the pod reported"),
            ({OBJECT_KEY: make_stored(sha256="sha256-" + "cd" * 32)}, None, "not the one that the pod reported"),
            ({OBJECT_KEY: make_stored(uid="other")}, None, "not stored by this run"),
            ({OBJECT_KEY: make_stored(run="2")}, None, "not stored by this run"),
        ],
        ids=["nothing there", "nothing told", "other size", "other digest", "other request's", "other run's"],
    )
    def test_result_that_the_bucket_does_not_bear_out_is_tried_again(
        self, stored: dict[str, StoredObject], images: tuple[StoredImage, ...] | None, part: str
    ) -> None:
        result = make_result() if images is None else make_result(outputs=images)
        decision = decided(make_request(CAPTURING), make_finished(result), stored=stored)
        assert (told(decision), decision.wake_at) == ((Phase.QUEUED, "UploadFailed"), after(2))
        assert part in message(decision)

    def test_bucket_that_is_away_keeps_the_pod(self) -> None:
        decision = decided(make_request(CAPTURING), make_finished(), stored=BucketUnavailable("away"))
        assert (told(decision), decision.delete) == ((Phase.CAPTURING, "StorageUnavailable"), ())
        assert decision.wake_at == after(5)

    def test_bucket_that_stays_away_ends_at_the_deadline(self) -> None:
        facts = {"stored": BucketUnavailable("away"), "now": after(300)}
        decision = decided(make_request(CAPTURING), make_finished(started=NOW), **facts)
        assert (told(decision), decision.delete) == ((Phase.FAILED, "DeadlineExceeded"), (POD,))

    def test_lost_pod_is_looked_for_in_the_bucket(self) -> None:
        assert decide(make_observation(make_request(CAPTURING))) is Question.STORED

    def test_lost_pod_with_its_image_is_a_success(self) -> None:
        decision = decided(make_request(CAPTURING), stored=STORED)
        assert told(decision) == (Phase.SUCCEEDED, "Succeeded")
        (output,) = written(decision).outputs
        assert (output.width, output.height, output.perceptual_hash) == (None, None, None)
        assert written(decision).verdict is None

    @pytest.mark.parametrize(
        "stored",
        [
            {},
            {OBJECT_KEY: make_stored(uid="")},
            {OBJECT_KEY: make_stored(run="7")},
            {OBJECT_KEY: make_stored(sha256="sha256-" + "x" * 3000)},
        ],
        ids=["nothing there", "without a mark", "of another run", "with a digest that is none"],
    )
    def test_lost_pod_without_its_image_is_replaced_at_once(self, stored: dict[str, StoredObject]) -> None:
        decision = decided(make_request(CAPTURING), stored=stored)
        assert (told(decision), decision.wake_at) == ((Phase.QUEUED, "PodLost"), NOW)

    def test_memory_failure_is_tried_again_at_once(self) -> None:
        decision = decided(make_request(CAPTURING), make_ended("", 137, oom_killed=True))
        assert (told(decision), decision.delete, decision.wake_at) == ((Phase.QUEUED, "OutOfMemory"), (POD,), NOW)

    def test_second_attempt_gets_more_memory(self) -> None:
        status = make_status(Phase.QUEUED, attempts=(make_attempt(1, Reason.OUT_OF_MEMORY),))
        decision = decided(make_request(status), **READY)
        assert isinstance(decision.create, PodPlan)
        assert (decision.create.attempt, decision.create.memory) == (2, 1152 * MEBIBYTE)

    def test_pause_before_an_attempt_writes_nothing(self) -> None:
        status = make_status(Phase.QUEUED, attempts=(make_attempt(1, Reason.CONNECTION_FAILED),))
        assert decided(make_request(status), now=after(1), **READY) == Decision(wake_at=after(2))

    def test_pause_never_outlasts_the_deadline(self) -> None:
        failed = make_attempt(1, Reason.CONNECTION_FAILED, end_time=after(299))
        status = make_status(Phase.QUEUED, attempts=(failed,))
        assert decided(make_request(status), now=after(299), **READY).wake_at == after(300)

    def test_clock_of_a_node_does_not_delay_the_next_attempt(self) -> None:
        pod = make_ended(exit_code=99, termination=make_end("", 99, finished=after(3600)))
        assert decided(make_request(CAPTURING), pod, now=after(5)).wake_at == after(7)

    def test_story_that_is_too_long_for_the_crd_is_cut(self) -> None:
        pod = make_pod(waiting_reason="ErrImageNeverPull", waiting_message="x" * 5000)
        (attempt,) = written(decided(make_request(CAPTURING), pod)).attempts
        assert len(attempt.message or "") == MAX_MESSAGE

    @pytest.mark.parametrize("phase", [Phase.SUCCEEDED, Phase.FAILED])
    def test_finished_run_only_loses_its_pods(self, phase: Phase) -> None:
        request = make_request(make_status(phase, attempts=(make_attempt(end_time=NOW),)))
        assert decided(request, make_finished()) == Decision(delete=(POD,))
        assert decided(request) == Decision()


def run_of(request: ScreenshotRequest, *pods: CapturePod, now: datetime = NOW) -> int:
    return current_run(Observation(request, pods, make_class(), now)).run


class TestRun:
    DONE = make_status(Phase.SUCCEEDED)

    @pytest.mark.parametrize(
        ("request_", "run"),
        [
            (make_request(), 1),
            (make_request(DONE), 1),
            (make_request(DONE, generation=2), 2),
            (make_request(DONE, annotations={"kubeshot.dev/requestedAt": "now"}), 2),
            (make_request(replace(DONE, requested_at="now")), 2),
        ],
        ids=["fresh", "the same", "spec changed", "asked again", "no longer asked for"],
    )
    def test_number(self, request_: ScreenshotRequest, run: int) -> None:
        assert run_of(request_) == run

    def test_run_that_has_begun_is_gone_on_with(self) -> None:
        assert run_of(make_request(), make_running()) == 1
        assert run_of(make_request(self.DONE, generation=2), make_running(generation=2, run=2)) == 2

    def test_run_that_another_generation_has_begun_is_left_to_it(self) -> None:
        assert run_of(make_request(generation=2), make_running(generation=1, run=1)) == 2
        pods = (make_running(generation=1, run=1), make_running(generation=2, run=2))
        assert run_of(make_request(generation=2), *pods) == 2
        assert run_of(make_request(generation=2), pods[1]) == 2


class TestWarning:
    DISABLED = make_class(pod={"sandbox": "Disabled"})

    @pytest.mark.parametrize(
        "facts",
        [
            pytest.param({"bucket": BucketUnavailable("away")}, id="while it waits"),
            pytest.param(READY, id="as it starts"),
        ],
    )
    def test_every_status_of_a_class_without_sandbox_warns(self, facts: dict[str, Any]) -> None:
        warning = written(decided(capture_class=self.DISABLED, **facts)).condition(ConditionType.SANDBOXED)
        assert warning is not None
        assert (warning.status, warning.reason) == ("False", "SandboxDisabled")
        assert "CaptureClass default runs Chromium without its sandbox" in warning.message

    def test_the_warning_stays_when_the_run_is_over(self) -> None:
        done = decided(make_request(CAPTURING), make_finished(), capture_class=self.DISABLED, stored=STORED)
        assert written(done).condition(ConditionType.SANDBOXED) is not None

    def test_the_warning_goes_when_the_class_has_a_sandbox_again(self) -> None:
        warned = written(decided(capture_class=self.DISABLED, bucket=BucketUnavailable("away")))
        decision = decided(make_request(warned), bucket=BucketUnavailable("gone"))
        assert written(decision).condition(ConditionType.SANDBOXED) is None

    def test_a_class_with_a_sandbox_says_nothing_of_it(self) -> None:
        assert written(decided(**READY)).condition(ConditionType.SANDBOXED) is None
