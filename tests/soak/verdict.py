"""Does anything leak? Pure, from what was written down."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from soak.sample import Sample, Soak
from soak.trend import Trend, trend

# From about 90 MiB on, a week of this at the full rate, day and night, stays below the alert at 80 % of 256 MiB.
MOST_KIB_A_DAY = 16 * 1024
MINUTES_A_DAY = 1440
# Caches, pools of connections and of threads fill at first; requests stay for a minute when they are over.
_WARM_UP_PART = 0.25
_WARM_UP_SECONDS = 75.0
# A shorter one finds what is left behind. It says nothing for sure of memory, which grows with the first hundreds of
# captures of a process, and need not.
LONG_ENOUGH_MINUTES = 30.0
_TOLD = 5


class Judgement(StrEnum):
    """What can be said."""

    HOLDS = "holds"
    LEAKS = "leaks"
    UNSURE = "not sure yet"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must not happen, and what was found of it."""

    what: str
    found: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Counted:
    """Something of which each sample has a number."""

    what: str
    of: Callable[[Sample], int]


# More or less of it while there is work: it must not grow.
HELD = (
    Counted("file descriptors of the operator", lambda sample: sample.fds),
    Counted("threads of the operator", lambda sample: sample.threads),
    Counted("TCP connections of the operator", lambda sample: sample.connections),
)
# There for a request: at rest there must be no more of it than before.
FOR_REQUESTS = (
    Counted("requests", lambda sample: sample.requests),
    Counted("pods of captures", lambda sample: sample.pods),
    Counted("processes of their containers", lambda sample: sample.processes),
    Counted("containerd's shims", lambda sample: sample.shims),
)


def checks(soak: Soak) -> list[Check]:
    """Return all that is looked at."""
    return [
        _memory(soak),
        *(_held(soak, held) for held in HELD),
        *(_left(soak, counted) for counted in FOR_REQUESTS),
        _none("objects that no status names", soak.ending.nameless),
        _none("images of a status that are not stored", soak.ending.missing),
        _none("requests that ended wrong, or did something twice", soak.ending.wrong),
        _one_life(soak),
    ]


def fails(soak: Soak) -> bool:
    """Say whether anything leaks; in a run that was long enough, doubt counts as well."""
    bad = {Judgement.LEAKS} if soak.minutes < LONG_ENOUGH_MINUTES else {Judgement.LEAKS, Judgement.UNSURE}
    return any(check.judgement in bad for check in checks(soak))


def warm(soak: Soak) -> tuple[Sample, ...]:
    """Return the samples from under the load, when it had lasted for a while."""
    after = max(_WARM_UP_PART * 60 * soak.minutes, _WARM_UP_SECONDS)
    return tuple(sample for sample in soak.busy if sample.seconds >= after)


def memory_trend(soak: Soak) -> Trend:
    """Return how the operator's memory grows, in KiB per capture."""
    return _trend(warm(soak), lambda sample: sample.memory_kib)


def _memory(soak: Soak) -> Check:
    line = memory_trend(soak)
    each_day = line.times(soak.per_minute * MINUTES_A_DAY)
    judgement = Judgement.UNSURE
    if each_day.high <= MOST_KIB_A_DAY:
        judgement = Judgement.HOLDS
    elif each_day.low > MOST_KIB_A_DAY and soak.minutes >= LONG_ENOUGH_MINUTES:
        judgement = Judgement.LEAKS
    found = f"{interval(line.times(1000))} KiB per 1,000 captures; {interval(each_day.times(1 / 1024))} MiB a day"
    return Check(f"memory of the operator, at most {MOST_KIB_A_DAY >> 10} MiB more a day", found, judgement)


def _held(soak: Soak, held: Counted) -> Check:
    """A leak is what is surely more than one over the run; or what is held at rest, beyond all of the first while."""
    steady, rest = warm(soak), held.of(soak.samples[-1])
    first = max(held.of(sample) for sample in soak.busy if sample not in steady)
    line = _trend(steady, held.of)
    grown = line.low * (steady[-1].captures - steady[0].captures) if steady else 0.0
    values = [held.of(sample) for sample in soak.busy]
    found = (
        f"{min(values)} to {max(values)} under the load, {rest} after it; "
        f"{interval(line.times(1000))} per 1,000 captures"
    )
    leaks = rest > first or (grown > 1 and math.isfinite(grown))
    return Check(held.what, found, Judgement.LEAKS if leaks else Judgement.HOLDS)


def _left(soak: Soak, counted: Counted) -> Check:
    before, after = counted.of(soak.samples[0]), counted.of(soak.samples[-1])
    found = f"{before} before, up to {max(map(counted.of, soak.busy))} under the load, {after} after it"
    return Check(counted.what, found, Judgement.LEAKS if after > before else Judgement.HOLDS)


def _none(what: str, found: Sequence[str]) -> Check:
    told = "; ".join([f"{len(found):,}", *found[:_TOLD], *(["..."] if len(found) > _TOLD else [])])
    return Check(what, told, Judgement.LEAKS if found else Judgement.HOLDS)


def _one_life(soak: Soak) -> Check:
    lives = len({sample.life for sample in soak.samples})
    return Check("restarts of the operator", str(lives - 1), Judgement.HOLDS if lives == 1 else Judgement.LEAKS)


def _trend(samples: Sequence[Sample], of: Callable[[Sample], int]) -> Trend:
    return trend([(sample.captures, of(sample)) for sample in samples])


def interval(line: Trend) -> str:
    """Return a trend in words."""
    if not math.isfinite(line.low):
        return "unknown"
    return f"{line.slope:+.1f} ({line.low:+.1f} to {line.high:+.1f})"
