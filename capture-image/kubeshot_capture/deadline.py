"""How much time is left: one deadline for the whole attempt, and shorter ones inside it."""

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]
"""Returns seconds on a clock that never goes back."""

# What is kept back of an attempt, so that its result is out before Kubernetes ends the pod.
REPORT_SECONDS = 1.0
# What the page may never use up: picture and upload need it, or a slow page would end with nothing at all.
PICTURE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock."""

    clock: Clock
    end: float

    def left(self) -> float:
        """Return the seconds until the deadline, never below zero."""
        return max(0.0, self.end - self.clock())

    def within(self, seconds: float) -> "Deadline":
        """Return the deadline that is `seconds` from now, or this one when it is sooner."""
        return Deadline(self.clock, min(self.end, self.clock() + max(0.0, seconds)))

    def sooner(self, seconds: float) -> "Deadline":
        """Return the deadline `seconds` before this one."""
        return Deadline(self.clock, self.end - seconds)


def attempt_deadline(clock: Clock, milliseconds: int) -> Deadline:
    """Return when the pipeline has to be done: a second, or a tenth of short attempts, before the attempt is over."""
    total = milliseconds / 1000
    return Deadline(clock, clock() + total - min(REPORT_SECONDS, total / 10))


def page_deadline(attempt: Deadline, timeout_ms: int) -> Deadline:
    """Return when the page has to be ready: its own timeout, less when picture and upload would get no time."""
    return attempt.sooner(min(PICTURE_SECONDS, attempt.left() / 4)).within(timeout_ms / 1000)
