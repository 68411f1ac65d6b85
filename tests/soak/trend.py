"""A straight line through points, and how sure it is of its slope."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, linear_regression

# Fewer say nothing: two are used up by the line.
_FEWEST = 5
_CONFIDENCE = 0.95
# What is all but a line of its own has no errors to judge by.
_MOST_ALIKE = 0.95


@dataclass(frozen=True, slots=True)
class Trend:
    """A slope, and the ends of its confidence interval of 95 %."""

    slope: float
    low: float
    high: float

    def times(self, factor: float) -> "Trend":
        """Return it in another unit."""
        return Trend(self.slope * factor, self.low * factor, self.high * factor)


def trend(points: Sequence[tuple[float, float]]) -> Trend:
    """Return the trend of points in the order of time, by least squares; of too few points it is not sure at all.

    What is measured every few seconds is much like what was measured before, so that many samples are worth fewer: with
    a correlation r of neighbouring errors, n (1 - r) / (1 + r) of them.
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if len(points) < _FEWEST or xs[0] == xs[-1]:
        return Trend(0.0, -math.inf, math.inf)
    slope, intercept = linear_regression(xs, ys)
    errors = [y - intercept - slope * x for x, y in points]
    alike = _correlation(errors)
    worth = len(points) * (1 - alike) / (1 + alike)
    if worth < _FEWEST:
        return Trend(slope, -math.inf, math.inf)
    middle = sum(xs) / len(xs)
    variance = sum(error * error for error in errors) / len(errors) / (worth - 2)
    spread = sum((x - middle) ** 2 for x in xs) / len(xs)
    margin = _student(worth - 2) * math.sqrt(variance / spread)
    return Trend(slope, slope - margin, slope + margin)


def _correlation(errors: Sequence[float]) -> float:
    """Return how much an error is like the one before it, from 0 on."""
    squares = sum(error * error for error in errors)
    if not squares:
        return 0.0
    return min(_MOST_ALIKE, max(0.0, sum(first * second for first, second in pairwise(errors)) / squares))


def _student(freedom: float) -> float:
    """Return the quantile of Student's distribution, by Abramowitz and Stegun 26.7.5; from 3 degrees on within 4 %."""
    z = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
