"""What became of the requests of a scene, and what is wrong with it: pure, from what was seen."""

from dataclasses import dataclass

from e2e.kubectl import Object, condition


@dataclass(frozen=True, slots=True)
class Page:
    """What a request asks for, and how it is to end."""

    path: str
    phase: str = "Succeeded"


@dataclass(frozen=True, slots=True)
class Seen:
    """A request at the end: its last state, how often its page was visited, and which named keys are not stored."""

    body: Object
    page: Page
    visits: int
    missing: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.body["metadata"]["name"])

    @property
    def status(self) -> Object:
        """Its status."""
        return dict(self.body.get("status", {}))

    @property
    def keys(self) -> set[str]:
        """The keys that its status names as stored."""
        return {str(output["key"]) for output in self.status.get("outputs", ())}


def why_lost(seen: Seen) -> str | None:
    """Return in which way a request did not come to its right end, if so."""
    phase = seen.status.get("phase")
    if phase != seen.page.phase:
        ready = condition(seen.body, "Ready") or {}
        told = f"{ready.get('reason', 'no reason')}: {ready.get('message', '')}"
        return f"{seen.name} is {phase or 'without a phase'}, not {seen.page.phase} ({told})"
    if phase == "Succeeded" and not seen.keys:
        return f"{seen.name} is Succeeded and names no image"
    if seen.missing:
        return f"{seen.name} names what is not stored: {', '.join(sorted(seen.missing))}"
    return None


def why_doubled(seen: Seen, *, once: bool) -> str | None:
    """Return in which way something was done again without need, if so.

    `once` says that nothing happened for which an attempt may be made again.
    """
    run, attempts = seen.status.get("run"), len(seen.status.get("attempts", ()))
    if run != 1:
        return f"{seen.name} has run {run}"
    if seen.visits > attempts:
        return f"{seen.name} visited its page {seen.visits} times in {attempts} attempts"
    if once and attempts > 1:
        reasons = [attempt.get("reason") for attempt in seen.status["attempts"]]
        return f"{seen.name} has {attempts} attempts: {reasons}"
    return None


def named_ever(states: list[Object]) -> set[str]:
    """Return the keys that a request's status ever named, as stored or as what may be stored."""
    keys: set[str] = set()
    for body in states:
        status = body.get("status", {})
        keys |= {output["key"] for output in status.get("outputs", ())}
        keys |= {key for run in status.get("uploads", ()) for key in run["keys"]}
    return keys
