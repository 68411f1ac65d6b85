"""Who may have a pod next: first come, first served, with at most so many pods at once."""

from datetime import datetime

from kubeshot_operator.api.model import Key
from kubeshot_operator.decide.line import Line
from kubeshot_operator.decide.observation import Slot, SlotGranted, SlotHeld


class WaitingLine:
    """The requests that wait for a pod, oldest first, and the slots that were granted but hold no pod yet.

    A granted slot counts until it is released, so that a create in flight is never given away twice.
    """

    def __init__(self, limit: int) -> None:
        """Allow `limit` pods at once."""
        self._limit = limit
        self._line = Line()
        self._granted: set[Key] = set()

    def ask(self, key: Key, since: datetime, live_pods: int) -> Slot:
        """Return a slot for a request that has waited `since` then, or its place in the line."""
        place = self._line.join(key, since)
        if place < self._free(live_pods):
            self.leave(key)
            self._granted.add(key)
            return SlotGranted()
        limit = "1 capture pod runs" if self._limit == 1 else f"{self._limit} capture pods run"
        return SlotHeld(f"{limit}, as many as the operator allows; place {place + 1} in the queue")

    def release(self, key: Key) -> None:
        """Give up a granted slot: its pod is known now and counts itself, or was not created."""
        self._granted.discard(key)

    def leave(self, key: Key) -> None:
        """Forget a request that waits no longer."""
        self._line.leave(key)

    def next_up(self, live_pods: int) -> tuple[Key, ...]:
        """Return the requests at the head of the line that would be granted a slot now."""
        return self._line.heads(self._free(live_pods))

    def pressing(self, before: datetime | None, live_pods: int) -> int:
        """Return how many pods would have to end for those that have waited since before a moment, or for all."""
        waiting = len(self._line) if before is None else self._line.before(before)
        return max(0, waiting - max(0, self._free(live_pods)))

    def _free(self, live_pods: int) -> int:
        return self._limit - live_pods - len(self._granted)
