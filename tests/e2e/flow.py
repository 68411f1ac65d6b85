"""Requests that keep coming, for pods of their own and for warm ones, while something happens to the operator."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from e2e.bucket import Storage
from e2e.eventually import eventually
from e2e.kubectl import Object
from e2e.space import Space
from e2e.website import Website

BUCKET = "screenshots"
_ENDED = ("Succeeded", "Failed")
_LOOK_SECONDS = 0.2


@dataclass
class Flow:
    """`classes` take the requests in turns; `deadline` is that of each."""

    space: Space
    site: Website
    classes: tuple[str, ...]
    deadline: str
    pages: dict[str, str] = field(default_factory=dict)
    longest_pause: float = 0.0

    def __post_init__(self) -> None:
        """Begin to count."""
        self._numbers = count()
        self._writes, self._written = 0, time.monotonic()

    def apply(self, many: int) -> None:
        """Apply so many requests."""
        numbers = [next(self._numbers) for _ in range(many)]
        fresh = {f"flow-{n:03}": f"/good?of={self.space.namespace}-{n}" for n in numbers}
        names = dict(zip(fresh, (self.classes[n % len(self.classes)] for n in numbers), strict=True))
        common = {"deadline": self.deadline}
        self.space.requests(
            {
                name: {"url": self.site.url(path), "captureClassName": names[name], **common}
                for name, path in fresh.items()
            }
        )
        self.pages |= fresh

    def ended(self) -> int:
        """Return how many have ended."""
        return sum(body.get("status", {}).get("phase") in _ENDED for body in self.space.last_states().values())

    def go_on(self, over: Callable[[], bool], within: float, what: str, *, fill: int = 0) -> None:
        """Wait until something is over, and look at the pauses between two writes; keep so many requests open."""

        def step() -> bool:
            self._look()
            if fill and (missing := fill - (len(self.pages) - self.ended())) > 0:
                self.apply(missing)
            return over()

        eventually(step, within=within, what=what, interval=_LOOK_SECONDS)

    def finish(self, within: float) -> None:
        """Wait until all have ended and no pod is left."""

        def all_ended() -> bool:
            assert self.ended() == len(self.pages), f"{self.ended()} of {len(self.pages)} have ended"
            return True

        self.go_on(all_ended, within, "all requests have ended")
        eventually(lambda: not self.space.pods_now(), within=60, what="no pod is left")

    def ends_well(self, storage: Storage) -> None:
        """Check that each succeeded in one run and one attempt, with one visit of its page and one image."""
        statuses: dict[str, Object] = {name: body["status"] for name, body in self.space.last_states().items()}
        ends = {name: (it["phase"], it["run"], len(it["attempts"])) for name, it in statuses.items()}
        visits = self.site.all_hits()
        assert ends == dict.fromkeys(self.pages, ("Succeeded", 1, 1))
        assert {name: visits.get(path, 0) for name, path in self.pages.items()} == dict.fromkeys(self.pages, 1)
        stored = storage.keys(BUCKET, f"{self.space.namespace}/")
        assert stored == sorted(status["storageKey"] for status in statuses.values())

    def _look(self) -> None:
        writes, now = self.space.status_writes(), time.monotonic()
        if writes > self._writes:
            self.longest_pause = max(self.longest_pause, now - self._written)
            self._writes, self._written = writes, now
