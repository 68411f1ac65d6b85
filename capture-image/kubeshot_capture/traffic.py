"""Which requests of the page are under way. Knows nothing of a browser: it is told."""

import math
import re
from dataclasses import dataclass, replace

from kubeshot_capture.deadline import Clock

# A request that takes longer than this doesn't keep a page from being settled: a long poll, or a dead server. It is
# less than what settling may take, or a page with a long poll would never settle.
OLD_SECONDS = 7.0
# A script that has asked the same thing so often, and for so long, is polling. What it paints is seen in the layout.
POLLS = 4
POLLING_SECONDS = 2.0
# What a script has asked for comes to its end when the script has read it, and many never do. So long after its head an
# answer is there, whether it was read or not.
READING_SECONDS = 2.0

# Kinds that may stay open, or that no picture waits for. Fonts have a condition and a limit of their own.
_UNCOUNTED_KINDS = frozenset({"eventsource", "websocket", "ping", "beacon", "media", "font", "cspviolationreport"})
_KINDS_OF_SCRIPTS = frozenset({"fetch", "xhr"})
_STREAMS = ("text/event-stream", "multipart/x-mixed-replace")


@dataclass(frozen=True, slots=True)
class Activity:
    """How many requests have begun so far, and how many of them are under way."""

    begun: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class _Request:
    since: float
    question: str
    answered: float = math.inf


class Traffic:
    """Counts requests by an identity the caller chooses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun = 0
        self._requests: dict[object, _Request] = {}
        self._media: set[object] = set()
        self._asked: dict[str, tuple[float, int]] = {}
        self._polls: set[str] = set()
        self.cut_off = False
        """Whether a request was lost because the network of this pod changed."""

    def started(self, request: object, kind: str, question: str = "") -> None:
        """A request went out; `kind` is the browser's resource type, `question` is what a script asks with it."""
        if kind == "media":
            self._media.add(request)
        if kind in _UNCOUNTED_KINDS:
            return
        # Numbers are counters and times that keep caches out.
        alike = re.sub(r"\d+", "0", question) if kind in _KINDS_OF_SCRIPTS else ""
        if alike and self._is_poll(alike):
            return
        self._begun += 1
        self._requests[request] = _Request(self._clock(), alike)

    def answered(self, request: object, content_type: str) -> None:
        """The head of the answer is there: a stream has no end to wait for."""
        if content_type.lower().startswith(_STREAMS):
            self.ended(request)
        elif (asked := self._requests.get(request)) and asked.question:
            self._requests[request] = replace(asked, answered=self._clock())

    def ended(self, request: object) -> None:
        """A request came to its end, good or bad."""
        self._requests.pop(request, None)
        self._media.discard(request)

    def failed(self, request: object, error: str) -> None:
        """A request failed, with an error in Chromium's words."""
        self.cut_off = self.cut_off or "ERR_NETWORK_CHANGED" in error
        self.ended(request)

    @property
    def plays(self) -> bool:
        """Whether a video or a sound is on its way."""
        return bool(self._media)

    def activity(self) -> Activity:
        """Return the counts of now; requests older than `OLD_SECONDS` are not under way any more."""
        return Activity(self._begun, sum(map(self._counts, self._requests.values())))

    def _counts(self, request: _Request) -> bool:
        now = self._clock()
        if request.question in self._polls or now - request.since >= OLD_SECONDS:
            return False
        return now - request.answered < READING_SECONDS

    def _is_poll(self, question: str) -> bool:
        first, times = self._asked.get(question, (self._clock(), 0))
        self._asked[question] = (first, times + 1)
        if times >= POLLS and self._clock() - first >= POLLING_SECONDS:
            self._polls.add(question)
        return question in self._polls
