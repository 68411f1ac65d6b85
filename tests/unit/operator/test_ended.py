"""What a change of status counts for: what has ended with it, once."""

from dataclasses import replace

import pytest

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Status, StoredOutput, Timings
from kubeshot_operator.decide.ended import Ended, EndedAttempt, EndedRun, what_ended
from kubeshot_operator.decide.status import Writer
from unit.operator.builders import MEBIBYTE, NOW, make_attempt, make_claim, make_result, make_status

OPEN = make_status(attempts=(make_attempt(),))
PEAK = make_attempt(end_time=NOW, peak_memory=576 * MEBIBYTE)
OUTPUT = StoredOutput("screenshot", "shots", "a/b", "ab", 1000, "image/png")
TIMED = replace(OPEN, timings=Timings(queued=20, total=4000), attempts=(PEAK,))
DONE = Writer(1, NOW).succeeded(TIMED, (OUTPUT, OUTPUT), make_result())
SUCCESS = EndedAttempt("Succeeded", False, 0.75)
LOST = make_status(Phase.QUEUED, attempts=(make_attempt(reason=Reason.OUT_OF_MEMORY),))
FAILED = Writer(1, NOW).failed(LOST, Reason.OUT_OF_MEMORY, "no")


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        (Status(), OPEN, Ended()),
        (OPEN, OPEN, Ended()),
        (OPEN, DONE, Ended((SUCCESS,), EndedRun("Succeeded", "Succeeded", DONE.timings, 2000, 2))),
        (DONE, DONE, Ended()),
        (OPEN, LOST, Ended((EndedAttempt("OutOfMemory", True, None),))),
        (LOST, FAILED, Ended((), EndedRun("Failed", "OutOfMemory"))),
        (OPEN, FAILED, Ended((EndedAttempt("OutOfMemory", False, None),), EndedRun("Failed", "OutOfMemory"))),
        (DONE, replace(OPEN, run=2), Ended()),
        (
            replace(DONE, run=1),
            replace(FAILED, run=2),
            Ended((EndedAttempt("OutOfMemory", False, None),), EndedRun("Failed", "OutOfMemory")),
        ),
        (
            make_status(attempts=(make_claim(),)),
            make_status(attempts=(make_claim(end_time=NOW, peak_memory=MEBIBYTE),)),
            Ended((EndedAttempt("Succeeded", False, None),)),
        ),
        (OPEN, replace(OPEN, phase=Phase.FAILED), Ended((), EndedRun("Failed", "Other"))),
    ],
    ids=[
        "begins",
        "nothing",
        "succeeds",
        "has succeeded before",
        "is tried again",
        "is given up later",
        "fails",
        "a new run",
        "a new run that ends at once",
        "a warm pod has no limit of its own",
        "for a reason that is none",
    ],
)
def test_what_ended(before: Status, after: Status, counted: Ended) -> None:
    assert what_ended(before, after) == counted
