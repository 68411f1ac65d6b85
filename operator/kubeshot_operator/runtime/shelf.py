"""Requests that are at rest: of each only what tells whether it has changed since, some 300 bytes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.outline import Outcome, Outline, outline_of
from kubeshot_operator.decide.progress import is_over


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
        # What was told of requests under way before it was told what their version was.
        self._ahead: dict[str, Outline] = {}
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
        self.take_off(outline.uid, outline.key)
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

    def is_news(self, outline: Outline, known: ScreenshotRequest | None) -> bool:
        """Say whether a request has to be read anew: it is over and has changed since, and no other watch tells how.

        `known` is what is known of it besides.
        """
        if outline.uid in self._shelved:
            return not self.is_as_it_was(outline)
        if known is None or outline.version <= int(known.resource_version):
            return False
        if outline_of(known).asks_for_other(outline):
            # Should the end of its run be what is told next, this change was none that its own watch told of.
            self._ahead[outline.uid] = outline
        return is_over(known)

    def has_changed(self, outline: Outline) -> bool:
        """Say whether something else was asked for by the time that a request came to rest."""
        ahead = self._ahead.pop(outline.uid, None)
        return ahead is not None and not self.is_as_it_was(ahead)

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
        """Forget a request that is gone."""
        self._ahead.pop(uid, None)
        self.take_off(uid, key)

    def take_off(self, uid: str, key: Key) -> None:
        """Take a request off the shelf, if it is there: all of it is known again."""
        known = self._shelved.pop(uid, None)
        if known is None:
            return
        if known.phase is not None:
            self.phases[known.phase] -= 1
        self.expires.pop(key, None)
