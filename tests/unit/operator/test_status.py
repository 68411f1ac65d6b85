"""What a status says: conditions that tools can trust, and times that do not move without reason."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome, Page, Stage, StageVerdict
from kubeshot_operator.api.crd import ConditionStatus, ConditionType, Phase
from kubeshot_operator.api.model import Condition, Status, StoredOutput, Timings, Verdict
from kubeshot_operator.decide.status import MAX_MESSAGE, Writer, begin_run, verdict_of, with_attempt
from unit.operator.builders import NOW, OBJECT_KEY, SHA256, after, make_attempt, make_request, make_result, make_status

OUTPUT = StoredOutput("screenshot", "shots", OBJECT_KEY, SHA256, 1000, "image/png")
Step = Callable[[Writer, Status], Status]

STEPS: dict[str, Step] = {
    "starts": lambda writer, status: writer.in_progress(status, Phase.STARTING, Phase.STARTING, "pod is starting"),
    "waits": lambda writer, status: writer.in_progress(status, Phase.QUEUED, Reason.QUOTA_EXCEEDED, "no room"),
    "is suspended": lambda writer, status: writer.suspended(status),
    "fails": lambda writer, status: writer.failed(status, Reason.HTTP_ERROR, "404"),
    "succeeds": lambda writer, status: writer.succeeded(status, (OUTPUT,), make_result()),
    "succeeds unseen": lambda writer, status: writer.succeeded(status, (OUTPUT,), None),
}


def values(status: Status) -> dict[str, str]:
    return {condition.type.value: condition.status.value for condition in status.conditions}


def condition(status: Status, kind: ConditionType) -> Condition:
    found = status.condition(kind)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("starts", {"Ready": "False", "Reconciling": "True", "Stalled": "False"}),
        ("waits", {"Ready": "False", "Reconciling": "True", "Stalled": "False"}),
        ("is suspended", {"Ready": "False", "Reconciling": "False", "Stalled": "False"}),
        ("fails", {"Ready": "False", "Reconciling": "False", "Stalled": "True"}),
        ("succeeds", {"Ready": "True", "Reconciling": "False", "Stalled": "False", "Settled": "True"}),
        ("succeeds unseen", {"Ready": "True", "Reconciling": "False", "Stalled": "False", "Settled": "Unknown"}),
    ],
)
def test_conditions_of_each_state(step: str, expected: dict[str, str]) -> None:
    assert values(STEPS[step](Writer(1, NOW), make_status())) == expected


@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=8))
def test_tools_that_read_kstatus_never_see_a_contradiction(steps: list[str]) -> None:
    status = Status()
    for number, step in enumerate(steps):
        before, status = status, STEPS[step](Writer(number, after(number)), status)
        said = values(status)
        true = [kind for kind in ("Ready", "Reconciling", "Stalled") if said[kind] == "True"]
        assert true == [] if status.phase is Phase.SUSPENDED else len(true) == 1
        assert {item.observed_generation for item in status.conditions if item.type != "Settled"} == {number}
        for item in status.conditions:
            known = before.condition(item.type)
            same = known is not None and known.status is item.status
            expected = known.last_transition_time if known and same else after(number)
            assert item.last_transition_time == expected


def test_message_that_is_too_long_for_the_crd_is_cut() -> None:
    status = Writer(1, NOW).failed(make_status(), Reason.IMAGE_PULL_FAILED, "x" * 5000)
    assert condition(status, ConditionType.READY).message == "x" * MAX_MESSAGE


def test_success_tells_of_images_page_and_time() -> None:
    result = make_result()
    status = Writer(1, after(7)).succeeded(make_status(timings=Timings(queued=5)), (OUTPUT, OUTPUT), result)
    assert (status.phase, status.storage_key, status.outputs) == (Phase.SUCCEEDED, OBJECT_KEY, (OUTPUT, OUTPUT))
    assert (status.page, status.verdict) == (result.page, Verdict(True, result.stages))
    assert (status.completion_time, status.timings) == (after(7), Timings(queued=5, total=7000))
    assert condition(status, ConditionType.READY).message == "2 images are stored in bucket shots"


def test_page_that_was_not_at_rest_is_a_success_that_says_so() -> None:
    late = make_result(stages=(StageVerdict(Stage.SETTLE, Outcome.TIMED_OUT, 20_000),))
    status = Writer(1, NOW).succeeded(make_status(), (OUTPUT,), late)
    settled = condition(status, ConditionType.SETTLED)
    assert (settled.status, settled.reason) == (ConditionStatus.FALSE, "TimedOut")
    assert "cut short by a time limit: Settle" in settled.message


def test_every_stage_that_was_cut_short_is_named_and_no_other() -> None:
    ends = {Stage.OPEN: Outcome.TIMED_OUT, Stage.WAIT: Outcome.SETTLED, Stage.REVEAL: Outcome.TIMED_OUT}
    late = make_result(stages=tuple(StageVerdict(stage, outcome, 1) for stage, outcome in ends.items()))
    settled = condition(Writer(1, NOW).succeeded(make_status(), (OUTPUT,), late), ConditionType.SETTLED)
    assert settled.message.endswith("cut short by a time limit: Open, Reveal")


def test_notes_of_the_capture_are_part_of_the_verdict() -> None:
    noted = make_result(notes=("an alert was dismissed", "a popup was closed"))
    status = Writer(1, NOW).succeeded(make_status(), (OUTPUT,), noted)
    assert status.verdict is not None
    assert status.verdict.notes == ("an alert was dismissed", "a popup was closed")


def test_stage_that_is_told_twice_counts_once() -> None:
    stages = tuple(StageVerdict(Stage.OPEN, Outcome.SETTLED, number) for number in (1, 2))
    assert verdict_of(make_result(stages=stages)).stages == (stages[1],)


def test_success_without_a_result_forgets_the_page_of_an_older_run() -> None:
    before = make_status(page=Page("https://old", 200, "old"), verdict=Verdict(True, ()))
    status = Writer(1, NOW).succeeded(before, (OUTPUT,), None)
    assert (status.page, status.verdict) == (None, None)


def test_new_run_keeps_the_stored_images_and_forgets_the_rest() -> None:
    old = Writer(1, NOW).succeeded(make_status(attempts=(make_attempt(),), start_time=NOW), (OUTPUT,), make_result())
    new = begin_run(replace(make_request(generation=2), status=old, requested_at="x"), 2, after(60))
    assert (new.run, new.observed_generation, new.requested_at, new.queued_time) == (2, 2, "x", after(60))
    assert (new.outputs, new.storage_key, new.page, new.verdict) == (old.outputs, OBJECT_KEY, old.page, old.verdict)
    assert (new.phase, new.attempts, new.start_time, new.completion_time, new.timings) == (None, (), None, None, None)


def test_attempt_takes_the_place_of_the_one_with_its_index() -> None:
    one, two = make_attempt(1), make_attempt(2)
    both = with_attempt(with_attempt(make_status(), one), two)
    ended = replace(two, end_time=NOW)
    assert with_attempt(both, ended).attempts == (one, ended)


def test_clock_that_went_back_gives_no_negative_time() -> None:
    status = Writer(1, after(-5)).failed(make_status(), Reason.HTTP_ERROR, "404")
    assert status.timings == Timings(total=0)
