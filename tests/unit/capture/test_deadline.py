"""One deadline, and shares of it that never reach beyond it."""

import pytest

from kubeshot_capture.deadline import Deadline, attempt_deadline, page_deadline
from unit.capture.clock import FakeClock


def test_what_is_left_runs_down_to_zero() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, clock.now + 5)
    assert deadline.left() == 5
    clock.now += 7
    assert deadline.left() == 0


@pytest.mark.parametrize(
    ("asked", "given"),
    [pytest.param(3, 3, id="less than is left"), pytest.param(30, 5, id="more"), (-1, 0)],
)
def test_a_share_is_never_more_than_what_is_left(asked: float, given: float) -> None:
    clock = FakeClock()
    assert Deadline(clock, clock.now + 5).within(asked).left() == given


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [pytest.param(60_000, 59, id="a second is kept for the report"), pytest.param(2_000, 1.8, id="a tenth when short")],
)
def test_an_attempt_ends_before_its_pod_does(milliseconds: int, seconds: float) -> None:
    assert attempt_deadline(FakeClock(), milliseconds).left() == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("attempt", "timeout_ms", "seconds"),
    [
        pytest.param(60, 20_000, 20, id="its own timeout when there is time"),
        pytest.param(20, 20_000, 15, id="a quarter of a short attempt is the picture's"),
        pytest.param(100, 600_000, 90, id="ten seconds of a long one are"),
    ],
)
def test_a_page_never_uses_up_the_time_of_its_picture(attempt: float, timeout_ms: int, seconds: float) -> None:
    clock = FakeClock()
    assert page_deadline(Deadline(clock, clock.now + attempt), timeout_ms).left() == pytest.approx(seconds)
