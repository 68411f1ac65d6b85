"""Which namespaces may have no more pods by a ResourceQuota, and when to ask again: once for all that wait there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kubeshot_operator.api.model import Pool

FIRST_PAUSE = timedelta(seconds=15)
# Quotas are counted anew some moments after a pod has ended.
COUNTED_AGAIN = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Refused:
    """A pool was refused a pod. `pods` is how many of ours lived in its namespace since, at most; `message` the quota's
    words.
    """

    message: str
    pods: int
    pause: timedelta
    until: datetime


class Quotas:
    """Refusals by pool: what one class may not have, a smaller one may. What is long over is forgotten."""

    def __init__(self) -> None:
        self._refused: dict[Pool, Refused] = {}

    def refuse(self, pool: Pool, message: str, pods: int, now: datetime) -> datetime:
        """Take note of a refusal; return when to ask again, unless a pod ends before."""
        self._refused = {pool: item for pool, item in self._refused.items() if now < item.until + LONGEST_PAUSE}
        known = self._refused.get(pool)
        if known is not None and pods < known.pods:
            # A pod has ended, and the quota does not know yet, or somebody else was faster.
            refused = replace(known, message=message, pods=pods, until=now + COUNTED_AGAIN)
        elif known is not None and _lasts(known, now):
            # Several had asked at the same time.
            refused = known
        else:
            pause = FIRST_PAUSE if known is None else min(2 * known.pause, LONGEST_PAUSE)
            refused = Refused(message, pods, pause, now + pause)
        self._refused[pool] = refused
        return refused.until

    def see(self, pods: Mapping[str, int]) -> None:
        """Take note of how many pods of ours live by namespace; those that were created meanwhile are seen late."""
        for pool, refused in self._refused.items():
            if (live := pods.get(pool.namespace, 0)) > refused.pods:
                self._refused[pool] = replace(refused, pods=live)

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next pool may ask again for the time that has passed; `None` if none waits for that."""
        return min((item.until for item in self._refused.values() if _lasts(item, now)), default=None)

    def words(self, pool: Pool, pods: int, now: datetime) -> str | None:
        """Return what holds up a pool, in the quota's words; `None` if it may ask.

        `pods` is how many of ours live in its namespace or are about to: when one has ended there is room. When the
        time is over one may ask, then the next, so that those behind them don't hear of other limits meanwhile.
        """
        refused = self._refused.get(pool)
        if refused is None or now >= refused.until + LONGEST_PAUSE:
            return None
        most = refused.pods - 1 if _lasts(refused, now) else refused.pods
        return refused.message if pods > most else None


def _lasts(refused: Refused, now: datetime) -> bool:
    # One that seems to last longer than any does is of a clock that was set back since.
    return now < refused.until <= now + LONGEST_PAUSE
