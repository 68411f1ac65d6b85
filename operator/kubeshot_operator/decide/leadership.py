"""Who leads: what a replica does about the Lease, from what it has seen of it.

Of two replicas never both lead, as long as
* each counts the seconds at the same rate, within a tenth: what their clocks show does not matter;
* the API server writes a Lease only over the version that was read;
* nobody deletes a Lease that one of the replicas has not seen yet, because either has only just begun to be.
A leader counts from before its last good write, and gives up earlier than the others, who count from when they saw it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from kubeshot_operator.api.lease import Lease


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds. `duration` is told to the others; a leader that cannot renew for `deadline` ends before that."""

    duration: int = 10
    deadline: float = 7.0
    renew_every: float = 2.0
    look_every: float = 1.0


@dataclass(frozen=True, slots=True)
class Sight:
    """A Lease as last seen, `None` when there is none, and since when it has looked like this."""

    lease: Lease | None
    since: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A replica. Times are seconds of its own clock, which never goes back; nobody else's are compared with them.

    `wrote_at` is when its last good write of the Lease began, `None` while it stands by.
    """

    name: str
    sight: Sight
    wrote_at: float | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """Write this Lease over the version that was seen, or create it when it has none."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing until then, and look again; who leads has nothing to look at."""

    until: float


@dataclass(frozen=True, slots=True)
class Lost:
    """It led, and does no longer: it has to end at once."""

    why: str


Step = Write | Wait | Lost


def see(candidate: Candidate, lease: Lease | None, now: float) -> Candidate:
    """Return the replica after a look at the Lease that was answered `now`.

    Only a change of what its holder writes proves that the holder lives, so a Lease that says the same keeps its time.
    One that somebody deleted counts as held from now on: its holder, perhaps another than was seen, may not know yet.
    """
    seen, since = candidate.sight.lease, candidate.sight.since
    if lease is None and seen is not None:
        return replace(candidate, sight=Sight(replace(seen, version=""), now if seen.version else since))
    says_the_same = lease is not None and seen is not None and replace(lease, version=seen.version) == seen
    return replace(candidate, sight=Sight(lease, since if says_the_same else now))


def written(candidate: Candidate, lease: Lease, began: float, now: float) -> Candidate:
    """Return the replica after its write of the Lease, begun at one time and answered `now`, went well."""
    return replace(candidate, sight=Sight(lease, now), wrote_at=began)


def leads_until(candidate: Candidate, terms: Terms) -> float | None:
    """Return until when this replica may decide without another good write; `None` when it does not lead."""
    return None if candidate.wrote_at is None else candidate.wrote_at + terms.deadline


def next_step(candidate: Candidate, terms: Terms, now: float, today: datetime) -> Step:
    """Return what to do `now`; `today` is the time of day, which only people read."""
    lease, until = candidate.sight.lease, leads_until(candidate, terms)
    if until is not None:
        return _go_on(candidate, terms, now, today)
    if lease is None:
        return Write(Lease(candidate.name, terms.duration, 0, acquired=today, renewed=today))
    patience = candidate.sight.since + (lease.seconds if lease.version and lease.seconds else terms.duration)
    is_free = lease.version and lease.holder in ("", candidate.name)
    if not is_free and now < patience:
        return Wait(min(now + terms.look_every, patience))
    return Write(_taken(lease, candidate.name, terms, today))


def released(candidate: Candidate, today: datetime) -> Lease | None:
    """Return the Lease that lets another replica lead at once; `None` when there is nothing to give up."""
    lease = candidate.sight.lease
    if candidate.wrote_at is None or lease is None or lease.holder != candidate.name:
        return None
    return replace(lease, holder="", seconds=1, renewed=today)


def _go_on(candidate: Candidate, terms: Terms, now: float, today: datetime) -> Step:
    lease, wrote_at = candidate.sight.lease, candidate.wrote_at
    assert lease is not None, "what was written is there"
    assert wrote_at is not None, "it leads"
    if lease.holder != candidate.name:
        return Lost(f"{lease.holder or 'nobody'} holds the Lease now")
    if now >= wrote_at + terms.deadline:
        return Lost(f"the Lease could not be renewed for {now - wrote_at:.1f}s")
    if now < wrote_at + terms.renew_every:
        return Wait(wrote_at + terms.renew_every)
    return Write(replace(lease, seconds=terms.duration, renewed=today))


def _taken(lease: Lease, name: str, terms: Terms, today: datetime) -> Lease:
    """Return the Lease in the hands of a new leader, or of the one that did not hear that it leads."""
    is_new = lease.holder != name
    return replace(
        lease,
        holder=name,
        seconds=terms.duration,
        transitions=lease.transitions + is_new,
        acquired=today if is_new else lease.acquired,
        renewed=today,
    )
