"""One Event per transition, and none for what was told before."""

from dataclasses import replace

import pytest

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Status
from kubeshot_operator.decide.announce import announce
from kubeshot_operator.decide.status import Writer
from unit.operator.builders import MEBIBYTE, NOW, make_attempt, make_claim, make_result, make_status
from unit.operator.test_status import OUTPUT

WRITER = Writer(1, NOW)
FRESH = Status(observed_generation=-1)
STARTING = WRITER.in_progress(make_status(attempts=(make_attempt(),)), Phase.STARTING, Phase.STARTING, "is starting")
CAPTURING = WRITER.in_progress(STARTING, Phase.CAPTURING, Phase.CAPTURING, "is capturing")
RETRIED = WRITER.in_progress(
    replace(CAPTURING, attempts=(make_attempt(1, Reason.CONNECTION_FAILED),)),
    Phase.QUEUED,
    Reason.CONNECTION_FAILED,
    "attempt 1 failed and is tried again",
)
FAILED = WRITER.failed(replace(CAPTURING, attempts=(make_attempt(1, Reason.HTTP_ERROR),)), Reason.HTTP_ERROR, "404")
SUCCEEDED = WRITER.succeeded(replace(CAPTURING, attempts=(make_attempt(end_time=NOW),)), (OUTPUT,), make_result())
WAITING = WRITER.in_progress(make_status(), Phase.QUEUED, Reason.QUOTA_EXCEEDED, "used: pods=5")
WAITING_STILL = WRITER.in_progress(make_status(), Phase.QUEUED, Reason.QUOTA_EXCEEDED, "used: pods=6")
IN_LINE = WRITER.in_progress(make_status(), Phase.QUEUED, Phase.QUEUED, "place 3 in the queue")


def told(before: Status, after: Status) -> list[tuple[str, str]]:
    return [(event.type.value, event.reason) for event in announce(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (FRESH, STARTING, [("Normal", "Created")]),
        (STARTING, CAPTURING, []),
        (CAPTURING, SUCCEEDED, [("Normal", "Captured")]),
        (CAPTURING, FAILED, [("Warning", "HTTPError"), ("Warning", "Failed")]),
        (CAPTURING, RETRIED, [("Warning", "ConnectionFailed")]),
        (FRESH, WAITING, [("Warning", "QuotaExceeded")]),
        (WAITING, WAITING_STILL, []),
        (FRESH, IN_LINE, []),
        (IN_LINE, WAITING, [("Warning", "QuotaExceeded")]),
        (WAITING, STARTING, [("Normal", "Created")]),
        (CAPTURING, WRITER.suspended(make_status(run=2)), [("Normal", "Suspended")]),
        (SUCCEEDED, SUCCEEDED, []),
        (SUCCEEDED, replace(SUCCEEDED, run=2), [("Normal", "Captured")]),
        (FRESH, replace(STARTING, run=2), [("Normal", "Created")]),
    ],
    ids=[
        "pod created",
        "capture began",
        "captured",
        "failed for good",
        "failed and tried again",
        "held up",
        "still held up",
        "stands in line",
        "held up after the line",
        "goes on",
        "suspended",
        "nothing new",
        "captured again",
        "first pod of a later run",
    ],
)
def test_transition_is_told(before: Status, after: Status, expected: list[tuple[str, str]]) -> None:
    assert told(before, after) == expected


def test_attempts_of_an_older_run_are_not_taken_for_those_of_the_new_one() -> None:
    second = replace(STARTING, run=2)
    assert told(SUCCEEDED, second) == [("Normal", "Created")]


def test_created_names_the_pod_and_its_memory() -> None:
    (event,) = announce(FRESH, STARTING)
    assert event.message == "attempt 1: created pod shot-5f2c0-1-1-1 with 768 MiB"


def test_attempt_that_a_warm_pod_claims_is_no_event() -> None:
    claimed = replace(CAPTURING, attempts=(make_claim(),))
    assert told(FRESH, claimed) == []
    assert make_attempt().memory_limit == 768 * MEBIBYTE
