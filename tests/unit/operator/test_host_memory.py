"""What is remembered of the memory that pages of a host needed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.model import Attempt, Key, ScreenshotRequest
from kubeshot_operator.decide.host_memory import MOST_HOSTS, REMEMBERED, HostMemory
from unit.contract.make import raw_spec
from unit.operator.builders import MEBIBYTE, NOW, make_attempt, make_claim, make_class, make_request


def request(url: str = "https://example.com/pricing", namespace: str = "team") -> ScreenshotRequest:
    made = make_request(spec=raw_spec(url=url))
    return replace(made, key=Key(namespace, "shot"))


def killed(mebibytes: int = 768) -> Attempt:
    return make_attempt(1, Reason.OUT_OF_MEMORY, memory_limit=mebibytes * MEBIBYTE)


def done(mebibytes: int, peak: int | None) -> Attempt:
    peak_memory = None if peak is None else peak * MEBIBYTE
    return make_attempt(1, end_time=NOW, memory_limit=mebibytes * MEBIBYTE, peak_memory=peak_memory)


def remembered(*ended: Attempt, hours: float = 0) -> int | None:
    memory = HostMemory()
    for attempt in ended:
        memory.learn(request(), (attempt,), make_class(), NOW)
    limit = memory.limit_for(request(), "default", NOW + timedelta(hours=hours))
    return limit if limit is None else limit // MEBIBYTE


@pytest.mark.parametrize(
    ("ended", "limit"),
    [
        ((), None),
        ((killed(768),), 1152),
        ((killed(768), killed(1152)), 1728),
        ((killed(1152), killed(768)), 1728),
        ((killed(2048),), 2048),
        ((done(768, 700),), None),
        ((make_attempt(1, Reason.CONNECTION_FAILED),), None),
        ((make_claim(1, reason=Reason.OUT_OF_MEMORY, end_time=NOW),), None),
    ],
    ids=[
        "nothing",
        "ran out of it once",
        "ran out of it twice",
        "a smaller one does not lower it",
        "never above the maximum",
        "had enough",
        "failed for another reason",
        "shared its pod",
    ],
)
def test_what_is_remembered(ended: tuple[Attempt, ...], limit: int | None) -> None:
    assert remembered(*ended) == limit


@pytest.mark.parametrize(
    "other",
    [request("https://other.example.com/"), request(namespace="other"), request("http://user@[")],
    ids=["another host", "another namespace", "no host"],
)
def test_others_learn_nothing_from_it(other: ScreenshotRequest) -> None:
    memory = HostMemory()
    memory.learn(request(), (killed(),), make_class(), NOW)
    assert memory.limit_for(other, "default", NOW) is None
    assert memory.limit_for(request(), "another class", NOW) is None


def test_pages_without_a_host_are_not_remembered() -> None:
    memory = HostMemory()
    page = make_request(spec={**raw_spec(), "html": "<p>", "url": None})
    memory.learn(page, (killed(),), make_class(), NOW)
    assert len(memory) == 0


def test_it_is_forgotten_when_nobody_needed_it_for_a_while() -> None:
    hours = REMEMBERED.total_seconds() / 3600
    assert remembered(killed(), hours=hours) == 1152
    assert remembered(killed(), hours=hours + 0.01) is None


@pytest.mark.parametrize(
    ("peak", "limit"), [(800, 1152 * MEBIBYTE), (300, None), (None, None)], ids=["needed", "not needed", "unknown"]
)
def test_it_stays_as_long_as_captures_need_it(peak: int | None, limit: int | None) -> None:
    memory, later = HostMemory(), NOW + REMEMBERED
    memory.learn(request(), (killed(),), make_class(), NOW)
    memory.learn(request(), (done(1152, peak),), make_class(), later)
    assert memory.limit_for(request(), "default", later + timedelta(hours=1)) == limit


def test_so_many_hosts_are_remembered_and_no_more() -> None:
    memory = HostMemory()
    for number in range(MOST_HOSTS + 5):
        memory.learn(request(f"https://{number}.example.com/"), (killed(),), make_class(), NOW)
    assert len(memory) == MOST_HOSTS
    assert memory.limit_for(request("https://0.example.com/"), "default", NOW) is None
    assert memory.limit_for(request(f"https://{MOST_HOSTS}.example.com/"), "default", NOW) is not None
