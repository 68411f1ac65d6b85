"""Which requests of the page are under way. Knows nothing of a browser: it is told."""

from dataclasses import dataclass

from kubeshot_capture.deadline import Clock

# A request that takes longer than this doesn't keep a page from being settled: a long poll, or a dead server.
OLD_SECONDS = 10.0

# Kinds that may stay open, or that no picture waits for. Fonts have a condition and a limit of their own.
_UNCOUNTED_KINDS = frozenset({"eventsource", "websocket", "ping", "beacon", "media", "font", "cspviolationreport"})
_STREAMS = ("text/event-stream", "multipart/x-mixed-replace")


@dataclass(frozen=True, slots=True)
class Activity:
    """How many requests have begun so far, and how many of them are under way."""

    begun: int
    in_flight: int


class Traffic:
    """Counts requests by an identity the caller chooses."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun = 0
        self._since: dict[object, float] = {}
        self.cut_off = False
        """Whether a request was lost because the network of this pod changed."""

    def started(self, request: object, kind: str) -> None:
        """A request went out; `kind` is the browser's resource type."""
        if kind not in _UNCOUNTED_KINDS:
            self._begun += 1
            self._since[request] = self._clock()

    def answered(self, request: object, content_type: str) -> None:
        """The head of the answer is there: a stream has no end to wait for."""
        if content_type.lower().startswith(_STREAMS):
            self.ended(request)

    def ended(self, request: object) -> None:
        """A request came to its end, good or bad."""
        self._since.pop(request, None)

    def failed(self, request: object, error: str) -> None:
        """A request failed, with an error in Chromium's words."""
        self.cut_off = self.cut_off or "ERR_NETWORK_CHANGED" in error
        self.ended(request)

    def activity(self) -> Activity:
        """Return the counts of now; requests older than `OLD_SECONDS` are not under way any more."""
        oldest = self._clock() - OLD_SECONDS
        return Activity(self._begun, sum(since > oldest for since in self._since.values()))
