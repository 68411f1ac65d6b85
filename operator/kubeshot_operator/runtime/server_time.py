"""The time of day by the API server's clock, whatever this machine's shows."""

from collections.abc import Callable
from datetime import datetime, timedelta

from kubeshot_operator.api.api_call import ApiCall

# An answer's date is cut to the second.
_DATE_STEP = timedelta(seconds=1)


class ServerTime:
    """The time of day that all replicas and all objects of a cluster share.

    Objects carry times of the API server. Held against another clock they are too old or not yet begun by as much as
    the two differ. So time begins as this machine's time of day, goes on by a clock that nobody sets, and is put right
    by each answer whose date it cannot be: at most a second off, on a clock that differs by an hour.
    """

    def __init__(self, elapsed: Callable[[], float], today: Callable[[], datetime]) -> None:
        """`elapsed` gives seconds and never goes back; `today`, this machine's time of day, is asked once."""
        self._elapsed = elapsed
        self._zero = today() - timedelta(seconds=elapsed())

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return self._zero + timedelta(seconds=self._elapsed())

    def called(self, call: ApiCall) -> None:
        """Learn from a call whose answer began just now."""
        if call.date is None:
            return
        answered = self._elapsed()
        earliest = call.date - timedelta(seconds=answered)
        latest = call.date + _DATE_STEP - timedelta(seconds=answered - call.seconds)
        self._zero = min(max(self._zero, earliest), latest)
