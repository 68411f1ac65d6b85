"""Requests that are at rest: of each only what tells whether it has changed since, some 300 bytes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Key
from kubeshot_operator.api.outline import Outcome, Outline


@dataclass(frozen=True, slots=True)
class Shelved:
    """What a request was captured for, and the version in which it came to rest.

    `phase` is `None` when another replica wrote the end of its run, which we were not told.
    """

    phase: Phase | None
    generation: int
    requested_at: str | None
    version: int


class Shelf:
    """Requests by UID; whoever has to look at one again reads it anew."""

    def __init__(self) -> None:
        self._shelved: dict[str, Shelved] = {}
        self.phases: Counter[Phase] = Counter()
        """How many there are of each phase."""
        self.expires: dict[Key, datetime] = {}
        """When those are to be deleted that say so themselves."""

    def __len__(self) -> int:
        return len(self._shelved)

    def __contains__(self, uid: str) -> bool:
        return uid in self._shelved

    def put(self, outline: Outline, outcome: Outcome) -> None:
        """Put a request onto the shelf that came to rest in this version."""
        self.forget(outline.uid, outline.key)
        known = Shelved(outcome.phase, outcome.generation, outcome.requested_at, outline.version)
        self._shelved[outline.uid] = known
        if known.phase is not None:
            self.phases[known.phase] += 1
        if outcome.expires is not None:
            self.expires[outline.key] = outcome.expires

    def version_of(self, uid: str) -> int:
        """Return the version in which a request came to rest, 0 if it is not here."""
        known = self._shelved.get(uid)
        return 0 if known is None else known.version

    def is_as_it_was(self, outline: Outline) -> bool:
        """Say whether a request on the shelf asks for nothing else than what it was captured for."""
        known = self._shelved[outline.uid]
        asked, answered = (outline.generation, outline.requested_at), (known.generation, known.requested_at)
        return outline.version <= known.version or (not outline.deleting and asked == answered)

    def has_expired(self, key: Key, now: datetime) -> bool:
        """Say whether a request on the shelf is to be deleted by now."""
        return key in self.expires and self.expires[key] <= now

    def take_over(self, listed: "Shelf", version: int, is_outdated: Callable[[str, int], bool]) -> None:
        """Put what a LIST as of this version found at rest in the place of what is here, but for what is younger.

        `is_outdated` says of a UID and a version whether something newer is known.
        """
        self._shelved = {
            **{uid: item for uid, item in self._shelved.items() if item.version > version},
            **{uid: item for uid, item in listed._shelved.items() if not is_outdated(uid, item.version)},
        }
        self.phases = Counter(item.phase for item in self._shelved.values() if item.phase is not None)
        self.expires.update(listed.expires)

    def forget(self, uid: str, key: Key) -> None:
        """Take a request off the shelf, if it is there."""
        known = self._shelved.pop(uid, None)
        if known is None:
            return
        if known.phase is not None:
            self.phases[known.phase] -= 1
        self.expires.pop(key, None)
