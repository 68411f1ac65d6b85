"""A run as a trace: what took how long, and what came to nothing."""

from dataclasses import replace
from datetime import datetime

import pytest

from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome, Stage, StageVerdict
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Status, StoredOutput, Timings
from kubeshot_operator.decide.status import Writer
from kubeshot_operator.decide.trace import Span, trace_run
from unit.contract.make import raw_spec
from unit.operator.builders import (
    MEBIBYTE,
    NOW,
    after,
    make_attempt,
    make_request,
    make_result,
    make_status,
)

OUTPUT = StoredOutput("screenshot", "shots", "a/b", "ab", 1000, "image/png")
FAILED = make_attempt(1, Reason.CONNECTION_FAILED, start_time=after(3), end_time=after(5), exit_code=12)
DONE = make_attempt(2, start_time=after(8), end_time=after(12), node_name="node-1", peak_memory=300 * MEBIBYTE)
OPEN = make_status(attempts=(FAILED, replace(DONE, end_time=None)), timings=Timings(queued=1000, pod_start=2000))
STAGES = (StageVerdict(Stage.OPEN, Outcome.SETTLED, 1000), StageVerdict(Stage.SHOOT, Outcome.TIMED_OUT, 500))
OVER = Writer(1, after(13)).succeeded(replace(OPEN, attempts=(FAILED, DONE)), (OUTPUT,), make_result(stages=STAGES))
REQUEST = make_request(spec=raw_spec(url="https://user.example.com/page?token=secret"))


def traced(before: Status = OPEN, over: Status = OVER) -> Span:
    span = trace_run(REQUEST, before, over)
    assert span is not None
    return span


def times(span: Span) -> tuple[str, datetime, datetime]:
    return span.name, span.begin, span.end


def test_run_lasts_from_its_first_moment_in_the_queue_to_its_end() -> None:
    assert times(traced()) == ("run", NOW, after(13))
    assert [times(part) for part in traced().parts] == [
        ("queued", NOW, after(1)),
        ("pod start", after(1), after(3)),
        ("attempt", after(3), after(5)),
        ("attempt", after(8), after(12)),
    ]


def test_stages_of_the_last_attempt_end_with_it() -> None:
    *_, first, last = traced().parts
    assert first.parts == ()
    assert [times(stage) for stage in last.parts] == [
        ("Open", after(10.5), after(11.5)),
        ("Shoot", after(11.5), after(12)),
    ]
    assert last.parts[1].facts == {"kubeshot.outcome": "TimedOut"}


def test_attempt_tells_where_it_ran_and_what_it_came_to() -> None:
    *_, first, last = traced().parts
    assert (first.problem, last.problem, traced().problem) == (Reason.CONNECTION_FAILED, None, None)
    assert (first.facts["kubeshot.reason"], first.facts["process.exit.code"]) == ("ConnectionFailed", 12)
    assert (last.facts["k8s.node.name"], last.facts["kubeshot.memory.peak"]) == ("node-1", 300 * MEBIBYTE)
    assert "k8s.node.name" not in first.facts, "what is not known is left out"


def test_run_that_failed_says_why() -> None:
    status = make_status(attempts=(FAILED,))
    failed = Writer(1, after(6)).failed(status, Reason.CONNECTION_FAILED, "no answer from http://x/?token=secret")
    span = traced(make_status(attempts=(replace(FAILED, end_time=None),)), failed)
    assert (span.problem, span.facts["kubeshot.outcome"]) == ("ConnectionFailed", "Failed")


def test_attempt_that_never_started_begins_with_the_end_of_the_one_before() -> None:
    lost = make_attempt(1, Reason.EVICTED, end_time=after(4))
    again = make_attempt(2, Reason.EVICTED, end_time=after(6))
    over = Writer(1, after(6)).failed(make_status(attempts=(lost, again)), Reason.EVICTED, "gone")
    assert [times(part) for part in traced(make_status(), over).parts] == [
        ("attempt", NOW, after(4)),
        ("attempt", after(4), after(6)),
    ]


def test_addresses_and_messages_stay_here() -> None:
    assert "secret" not in repr(traced())
    assert traced().facts["server.address"] == "user.example.com"


@pytest.mark.parametrize(
    ("before", "over"),
    [(Status(), OPEN), (OPEN, replace(OPEN, phase=Phase.QUEUED)), (OVER, OVER)],
    ids=["it begins", "it goes on", "it was over before"],
)
def test_run_that_does_not_end_is_not_told_of(before: Status, over: Status) -> None:
    assert trace_run(REQUEST, before, over) is None
