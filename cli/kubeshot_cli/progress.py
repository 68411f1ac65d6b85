"""What a person reads while a capture runs: one line per stage as it ends."""

from collections.abc import Callable, Mapping

from kubeshot_contract.result import Outcome

Clock = Callable[[], float]

_GREY, _RED, _YELLOW, _PLAIN = "\x1b[2m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
_COLOURS = {Outcome.SKIPPED: _GREY, Outcome.TIMED_OUT: _YELLOW, Outcome.FAILED: _RED}


class Progress:
    """Makes the lines of one capture, with the seconds since its start in front."""

    def __init__(self, clock: Clock, colourful: bool) -> None:
        self._clock = clock
        self._start = clock()
        self._colourful = colourful

    def tell(self, event: str, facts: Mapping[str, object]) -> str:
        """Return the line for an event of the capture's log, an empty one when it is nothing for a person."""
        text = self._text(event, facts)
        return text and f"{self._clock() - self._start:6.1f} s  {text}"

    def _text(self, event: str, facts: Mapping[str, object]) -> str:
        match event:
            case "stage":
                return self._stage(Outcome(str(facts["outcome"])), facts)
            case "note":
                return f"note: {facts['note']}"
            case "crashed":
                return str(facts["traceback"])
        return ""

    def _stage(self, outcome: Outcome, facts: Mapping[str, object]) -> str:
        line = f"{facts['stage']:<8} {outcome:<9} {facts['milliseconds']:>6} ms"
        colour = _COLOURS.get(outcome) if self._colourful else None
        return f"{colour}{line}{_PLAIN}" if colour else line
