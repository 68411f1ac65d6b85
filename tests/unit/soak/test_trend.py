"""How sure a line is of its slope."""

import math
from random import Random

import pytest

from soak.trend import trend

STEADY = [(float(x), 80_000.0) for x in range(50)]


def noisy(slope: float, alike: float, seed: int, count: int = 60) -> list[tuple[float, float]]:
    """Return a line with errors, each of which is so much like the one before it."""
    random, error, points = Random(seed), 0.0, []
    for x in range(count):
        error = alike * error + random.gauss(0, 100)
        points.append((float(x), 80_000 + slope * x + error))
    return points


def test_what_never_changes_has_no_slope_for_sure() -> None:
    assert (trend(STEADY).slope, trend(STEADY).low, trend(STEADY).high) == (0.0, 0.0, 0.0)


def test_a_straight_line_has_its_slope_for_sure() -> None:
    found = trend([(float(x), 5.0 * x) for x in range(20)])
    assert found.slope == pytest.approx(5.0)
    assert found.low == pytest.approx(5.0)


@pytest.mark.parametrize("alike", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("slope", [0.0, 10.0])
def test_interval_has_the_true_slope_nineteen_times_of_twenty(slope: float, alike: float) -> None:
    found = [trend(noisy(slope, alike, seed)) for seed in range(150)]
    within = sum(line.low <= slope <= line.high for line in found)
    # An estimated correlation is a little small.
    assert within / len(found) > 0.88


@pytest.mark.parametrize(
    "points",
    [
        pytest.param([], id="none"),
        pytest.param(STEADY[:4], id="four"),
        pytest.param([(1.0, 2.0)] * 9, id="all at one place"),
        pytest.param([(float(x), float(x * x)) for x in range(7)], id="alike, so that seven are worth fewer"),
    ],
)
def test_too_few_points_say_nothing(points: list[tuple[float, float]]) -> None:
    assert (trend(points).low, trend(points).high) == (-math.inf, math.inf)


def test_a_trend_in_another_unit() -> None:
    assert trend([(float(x), 5.0 * x) for x in range(20)]).times(1000).slope == pytest.approx(5000.0)
