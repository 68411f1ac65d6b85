"""The time of day is the API server's, whatever this machine shows, from the first answer on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from kubeshot_operator.api.api_call import ApiCall
from kubeshot_operator.runtime.server_time import ServerTime

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass
class Machine:
    """A machine and an API server: `elapsed` seconds went by since the server's noon, and its own clock is `ahead`."""

    ahead: timedelta = timedelta()
    elapsed: float = 0.0

    @property
    def truth(self) -> datetime:
        """What the server's clock shows."""
        return NOON + timedelta(seconds=self.elapsed)

    def begin(self) -> ServerTime:
        """Return the time as a process has it that begins now."""
        return ServerTime(lambda: 500.0 + self.elapsed, lambda: self.truth + self.ahead)

    def answer(self, time: ServerTime, *, seconds: float = 0.0) -> None:
        """Have the server answer at once, and the answer be on its way for so long."""
        date = self.truth.replace(microsecond=0)
        self.elapsed += seconds
        time.called(ApiCall("get", "pods", "200", seconds, date))


def test_a_clock_that_is_right_is_left_alone() -> None:
    machine = Machine(elapsed=7.8)
    time = machine.begin()
    for seconds in (0.0, 0.3, 0.4, 2.0, 0.1):
        machine.answer(time, seconds=seconds)
        assert time.now() == machine.truth


@pytest.mark.parametrize("hours", [-1, 1, 24 * 365])
def test_a_wrong_clock_is_put_right_by_the_first_answer(hours: int) -> None:
    machine = Machine(timedelta(hours=hours), elapsed=7.6)
    time = machine.begin()
    assert time.now() == machine.truth + timedelta(hours=hours)
    machine.answer(time)
    assert abs(time.now() - machine.truth) < timedelta(seconds=1)


def test_a_machine_whose_clock_is_set_later_is_not_asked_again() -> None:
    machine = Machine()
    time = machine.begin()
    machine.ahead = timedelta(hours=1)
    machine.elapsed += 60.0
    assert time.now() == machine.truth
    machine.answer(time)
    assert time.now() == machine.truth


def test_each_answer_makes_it_more_exact_and_none_less() -> None:
    machine = Machine(timedelta(hours=-1))
    time = machine.begin()
    errors = []
    for step in (0.0, 0.999, 0.3, 0.6, 1.0999, 5.1):
        machine.elapsed += step
        machine.answer(time)
        errors.append(abs(time.now() - machine.truth).total_seconds())
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.01


def test_a_server_whose_clock_is_set_is_followed() -> None:
    machine = Machine()
    time = machine.begin()
    machine.answer(time)
    time.called(ApiCall("get", "pods", "200", 0.0, machine.truth - timedelta(minutes=5)))
    assert time.now() == machine.truth - timedelta(minutes=5) + timedelta(seconds=1)


def test_a_call_without_an_answer_teaches_nothing() -> None:
    machine = Machine(timedelta(hours=1))
    time = machine.begin()
    time.called(ApiCall("get", "pods", "none", 30.0))
    assert time.now() == machine.truth + timedelta(hours=1)
