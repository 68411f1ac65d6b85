"""How many pods may be created in a second: a bucket of tokens that holds those of one second."""

from datetime import datetime, timedelta


class CreateRate:
    """A pod costs a token; so many come back in each second. A clock that is set back brings none for once."""

    def __init__(self, per_second: int) -> None:
        """Begin with a full bucket."""
        self.per_second = per_second
        self._tokens = float(per_second)
        self._looked: datetime | None = None

    def allows(self, now: datetime) -> bool:
        """Say whether a pod may be created now."""
        passed = max((now - (self._looked or now)).total_seconds(), 0.0)
        self._tokens = min(self._tokens + passed * self.per_second, float(self.per_second))
        self._looked = now
        return self._tokens >= 1

    def take(self) -> None:
        """Take the token of a pod."""
        self._tokens -= 1

    def give_back(self) -> None:
        """Put back the token of a pod that was not created."""
        self._tokens += 1

    def next_at(self, now: datetime) -> datetime:
        """Return when a pod may be created, if no other is before."""
        return now + timedelta(seconds=max(0.0, 1 - self._tokens) / self.per_second)
