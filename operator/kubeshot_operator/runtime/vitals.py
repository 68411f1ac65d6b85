"""Signs of life: when each watch was last answered, by how much the event loop is late, and what waits since when."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kubeshot_operator.api.api_call import WATCH, ApiCall

_BEAT = 1.0
# As long as a liveness probe's period: what was between two of them is seen by the second.
_BEATS = 10


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the operator does. Ages are in seconds; `list_age` is `None` before the first LIST.

    `watch_ages` has each watch that was ever answered; `list_trouble` is why the last LIST was not possible, if so.
    """

    list_age: float | None
    queue_age: float
    watching: bool
    loop_lag: float
    watch_ages: Mapping[str, float]
    list_trouble: str = ""


class Pulse:
    """Takes note of answers to watches, and of how late the event loop is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds and never goes back."""
        self._clock = clock
        self._answered: dict[str, float] = {}
        self._late: deque[float] = deque(maxlen=_BEATS)

    @property
    def loop_lag(self) -> float:
        """By how many seconds the event loop was late, at most, in the last ten."""
        return max(self._late, default=0.0)

    @property
    def watch_ages(self) -> dict[str, float]:
        """Seconds since each watch was answered; one is begun anew every minute."""
        return {resource: self._clock() - since for resource, since in self._answered.items()}

    def called(self, call: ApiCall) -> None:
        """Take note of a call; only watches that began say something."""
        if call.verb == WATCH and call.code.startswith("2"):
            self._answered[call.resource] = self._clock()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            begun = self._clock()
            await asyncio.sleep(_BEAT)
            self._late.append(max(0.0, self._clock() - begun - _BEAT))
