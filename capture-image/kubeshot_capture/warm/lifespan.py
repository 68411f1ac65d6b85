"""When a warm pod takes how many captures, and when it ends: decisions over what it has been through."""

from dataclasses import dataclass

from kubeshot_contract.dispatch import MAX_PAGES, WarmEndReason, WarmLimits

# A browser that dies with a page now and then is replaced. One that goes on dying has a pod that is no good.
MAX_LOST_BROWSERS = 3


@dataclass(frozen=True, slots=True)
class Situation:
    """A pod at one moment. `taken` are all captures it was ever given.

    `load` are those that still need their page, `unfinished` are those and the ones whose files and results are on
    their way.
    """

    taken: int
    load: int
    unfinished: int
    age: float
    """Seconds since its start."""
    idle: float
    """Seconds since it last had anything to do."""
    unheard: float
    """Seconds since the dispatch service last answered; zero when it was not asked in vain since."""
    memory: float
    """The share of its limit that is in use, from 0 to 1."""
    lost_browsers: int = 0
    has_driver: bool = True


def reason_to_end(limits: WarmLimits, now: Situation) -> WarmEndReason | None:
    """Return why the pod takes no more captures, `None` when it goes on."""
    idle_timeout = limits.idle_timeout_ms / 1000
    is_idle = not now.unfinished and now.idle >= idle_timeout
    reasons = (
        (not now.has_driver or now.lost_browsers >= MAX_LOST_BROWSERS, WarmEndReason.BROWSER_FAILED),
        (now.taken >= limits.max_captures, WarmEndReason.MAX_CAPTURES),
        (now.age >= limits.max_age_ms / 1000, WarmEndReason.MAX_AGE),
        (now.memory >= limits.memory_percent / 100, WarmEndReason.MEMORY),
        (is_idle and now.unheard >= idle_timeout, WarmEndReason.UNREACHABLE),
        (is_idle, WarmEndReason.IDLE),
    )
    return next((reason for applies, reason in reasons if applies), None)


def room(limits: WarmLimits, now: Situation) -> int:
    """Return how many captures the pod can take now.

    What has its pictures needs no page any more; but where the files can't get away, they may not pile up.
    """
    pages = limits.pages - now.load
    at_hand = min(2 * limits.pages, MAX_PAGES) - now.unfinished
    return max(0, min(pages, at_hand, limits.max_captures - now.taken))
