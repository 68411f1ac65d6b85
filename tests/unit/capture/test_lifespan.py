"""When a warm pod takes how many captures, and when it ends."""

from dataclasses import replace

import pytest

from kubeshot_capture.warm.lifespan import MAX_LOST_BROWSERS, Situation, reason_to_end, room
from kubeshot_contract.dispatch import WarmEndReason, WarmLimits
from kubeshot_contract.options import Sandbox

LIMITS = WarmLimits(
    max_captures=50,
    max_age_ms=600_000,
    idle_timeout_ms=30_000,
    memory_percent=80,
    pages=2,
    sandbox=Sandbox.REQUIRED,
)
FRESH = Situation(taken=0, load=0, unfinished=0, age=1.0, idle=1.0, unheard=0.0, memory=0.3)
BUSY = replace(FRESH, taken=7, load=2, unfinished=3, idle=0.0)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        pytest.param(FRESH, None, id="fresh"),
        pytest.param(BUSY, None, id="busy"),
        pytest.param(replace(FRESH, taken=49), None, id="one capture left"),
        pytest.param(replace(BUSY, taken=50), WarmEndReason.MAX_CAPTURES, id="all captures taken"),
        pytest.param(replace(BUSY, age=599.9), None, id="almost too old"),
        pytest.param(replace(BUSY, age=600.0), WarmEndReason.MAX_AGE, id="too old"),
        pytest.param(replace(FRESH, idle=29.9), None, id="not idle for long"),
        pytest.param(replace(FRESH, idle=30.0), WarmEndReason.IDLE, id="idle"),
        pytest.param(replace(BUSY, unheard=90.0), None, id="unheard of with work at hand"),
        pytest.param(replace(FRESH, idle=30.0, unheard=30.0), WarmEndReason.UNREACHABLE, id="unheard of and idle"),
        pytest.param(replace(BUSY, memory=0.79), None, id="below the watermark"),
        pytest.param(replace(BUSY, memory=0.8), WarmEndReason.MEMORY, id="at the watermark"),
        pytest.param(replace(BUSY, lost_browsers=MAX_LOST_BROWSERS - 1), None, id="browsers were lost"),
        pytest.param(
            replace(BUSY, lost_browsers=MAX_LOST_BROWSERS),
            WarmEndReason.BROWSER_FAILED,
            id="too many browsers were lost",
        ),
        pytest.param(replace(BUSY, has_driver=False), WarmEndReason.BROWSER_FAILED, id="without a driver"),
    ],
)
def test_a_pod_ends_when_its_time_has_come(situation: Situation, expected: WarmEndReason | None) -> None:
    assert reason_to_end(LIMITS, situation) is expected


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        pytest.param(FRESH, 2, id="fresh"),
        pytest.param(replace(FRESH, load=1, unfinished=1), 1, id="one page is in use"),
        pytest.param(replace(FRESH, load=2, unfinished=2), 0, id="all pages are in use"),
        pytest.param(replace(FRESH, load=0, unfinished=2), 2, id="files of two are on their way"),
        pytest.param(replace(FRESH, load=1, unfinished=3), 1, id="files of two are on their way, one page is in use"),
        pytest.param(replace(FRESH, load=0, unfinished=4), 0, id="files pile up"),
        pytest.param(replace(FRESH, taken=49), 1, id="only one may be taken"),
    ],
)
def test_a_pod_takes_what_it_has_room_for(situation: Situation, expected: int) -> None:
    assert room(LIMITS, situation) == expected


def test_a_claim_never_names_more_than_the_contract_allows() -> None:
    limits = replace(LIMITS, pages=8)
    assert room(limits, replace(FRESH, load=0, unfinished=5)) == 3
    assert room(limits, replace(FRESH, load=0, unfinished=8)) == 0
