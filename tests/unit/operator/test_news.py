"""What of a wait is worth a write."""

import pytest

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Status
from kubeshot_operator.decide.news import is_news
from kubeshot_operator.decide.status import Writer
from unit.operator.builders import NOW, after, make_attempt, make_status

FULL = "exceeded quota: few, requested: pods=1, used: pods=10, limited: pods=10"
NO_CPU = "0/12 nodes are available: 3 Insufficient cpu"


def waits(reason: Reason, message: str, **changes: object) -> Status:
    return Writer(1, after(30)).in_progress(make_status(Phase.QUEUED, **changes), Phase.QUEUED, reason, message)


@pytest.mark.parametrize(
    ("before", "after_", "news"),
    [
        (make_status(), waits(Reason.UNSCHEDULABLE, NO_CPU), True),
        (waits(Reason.EVICTED, NO_CPU), waits(Reason.UNSCHEDULABLE, NO_CPU), True),
        (waits(Reason.UNSCHEDULABLE, NO_CPU), waits(Reason.UNSCHEDULABLE, NO_CPU), False),
        (waits(Reason.UNSCHEDULABLE, NO_CPU), waits(Reason.UNSCHEDULABLE, NO_CPU.replace("12", "9")), False),
        (waits(Reason.UNSCHEDULABLE, NO_CPU), waits(Reason.UNSCHEDULABLE, NO_CPU.replace("cpu", "memory")), True),
        (waits(Reason.QUOTA_EXCEEDED, FULL), waits(Reason.QUOTA_EXCEEDED, FULL.replace("=10", "=9")), False),
        (
            waits(Reason.UNSCHEDULABLE, NO_CPU),
            waits(Reason.UNSCHEDULABLE, NO_CPU, attempts=(make_attempt(start_time=NOW),)),
            True,
        ),
    ],
    ids=[
        "the wait begins",
        "another reason",
        "the same",
        "another number of nodes",
        "another sentence",
        "another number of pods",
        "the attempt has moved on",
    ],
)
def test_news(before: Status, after_: Status, news: bool) -> None:
    assert is_news(before, after_) is news


def test_turns_of_words_are_no_news_of_what_says_the_same_in_turns() -> None:
    pulls = [waits(Reason.IMAGE_PULL_FAILED, words) for words in ("ErrImagePull: no such image", "ImagePullBackOff")]
    assert is_news(*pulls)
    assert not is_news(*pulls, by_reason=True)
