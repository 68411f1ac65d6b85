"""Cookie banners, as the consent engine tells of them from inside the page. Knows nothing of a browser: it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kubeshot_capture.deadline import Clock
from kubeshot_contract.fields import Fields
from kubeshot_contract.options import Consent

# The engine looks for an open banner at once and then twice a second. Many consent managers never open one: they have
# an answer already, or ask in other countries only. So what has not opened by the second look is not waited for.
OPENING_SECONDS = 0.7
# The first look comes when the page has nothing else to do; a page that is never idle isn't waited for.
SEARCHING_SECONDS = 2.0


class Progress(StrEnum):
    """How far the engine is with one consent manager."""

    DETECTED = "detected"
    OPEN = "open"
    ANSWERED = "answered"
    HIDDEN = "hidden"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class _Banner:
    progress: Progress
    since: float


class Banners:
    """What is known of the banners of a page, one per frame at most."""

    def __init__(self, clock: Clock, note: Callable[[str], None]) -> None:
        self._clock = clock
        self.note = note
        self._searches: dict[object, float] = {}
        self._banners: dict[object, _Banner] = {}
        self.changes = 0
        """How many banners were answered or hidden so far: each of them changed the page."""

    def searching(self, frame: object) -> None:
        """A frame has a new document, in which the engine has not looked yet."""
        self._banners.pop(frame, None)
        self._searches[frame] = self._clock()

    def searched(self, frame: object) -> None:
        """The engine has looked into a frame for the first time, or can't any more."""
        self._searches.pop(frame, None)

    def told(self, frame: object, consent: Consent, message: object) -> None:
        """Take a message `{progress, manager}` from the engine in a frame."""
        fields = Fields(message)
        progress, manager = fields.choice("progress", Progress), fields.text("manager", most=64)
        self._banners[frame] = _Banner(progress, self._clock())
        if progress in (Progress.ANSWERED, Progress.HIDDEN):
            self.changes += 1
        if sentence := _sentence(manager, consent, progress):
            self.note(sentence)

    def left(self, frame: object) -> None:
        """The frame is not there any more."""
        self._searches.pop(frame, None)
        self._banners.pop(frame, None)

    @property
    def unknown(self) -> bool:
        """Whether the engine is about to look for banners."""
        oldest = self._clock() - SEARCHING_SECONDS
        return any(since > oldest for since in self._searches.values())

    @property
    def pending(self) -> bool:
        """Whether a banner is open and not answered yet, or may open in a moment."""
        oldest = self._clock() - OPENING_SECONDS
        return any(
            banner.progress is Progress.OPEN or (banner.progress is Progress.DETECTED and banner.since > oldest)
            for banner in self._banners.values()
        )


def _sentence(manager: str, consent: Consent, progress: Progress) -> str | None:
    match progress:
        case Progress.ANSWERED:
            done = "accepted" if consent is Consent.ACCEPT else "declined"
            return f"the cookie banner of {manager} was {done}"
        case Progress.HIDDEN:
            return f"the cookie banner of {manager} was hidden"
        case Progress.FAILED:
            return f"the cookie banner of {manager} could not be answered"
        case Progress.DETECTED | Progress.OPEN:
            return None
