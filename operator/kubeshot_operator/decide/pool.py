"""The warm pods of one class in one namespace: how many are wanted, whether they do their work, and which go."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kubeshot_contract.dispatch import WarmEndReason, decode_warm_end
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.crd import ReuseMode
from kubeshot_operator.api.model import Pool
from kubeshot_operator.decide.observation import MissingClass
from kubeshot_operator.decide.pod_state import START_PATIENCE, Failed, Held, read_life

# A pod that fails this soon did no work. While it is kept, requests get pods of their own, which can say what is wrong.
YOUNG = timedelta(seconds=20)
KEPT = timedelta(seconds=60)
# A pod is deleted after its claims are given back, which is a matter of one pass each.
GIVE_BACK = timedelta(seconds=2)

_USELESS = frozenset({WarmEndReason.BROWSER_FAILED, WarmEndReason.REFUSED, WarmEndReason.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class PoolSeen:
    """A pool at one moment; `claimed` counts what its pods have at hand."""

    pool: Pool
    capture_class: CaptureClass | MissingClass
    pods: tuple[WarmPod, ...]
    claimed: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Tidying:
    """Which pods are to be deleted now, and when to look again."""

    delete: tuple[str, ...]
    wake_at: datetime | None


def wanted_pods(work: int, capture_class: CaptureClass) -> int:
    """Return how many pods so much work calls for: each has `pages` captures at hand, as far as the limits allow."""
    reuse, limits = capture_class.reuse, capture_class.limits
    at_once = min(work, limits.concurrent, limits.per_namespace)
    return min(reuse.max_pods, -(-at_once // reuse.pages))


def is_up_to_date(pod: WarmPod, capture_class: CaptureClass | MissingClass) -> bool:
    """Say whether a pod is what its class asks for; one that is not is told to drain, and takes nothing more."""
    if isinstance(capture_class, MissingClass) or capture_class.reuse.mode is ReuseMode.NEVER:
        return False
    return (pod.class_uid, pod.generation) == (capture_class.uid, capture_class.generation)


def serves(pod: WarmPod, capture_class: CaptureClass | MissingClass) -> bool:
    """Say whether a pod takes work, or will as soon as it is up."""
    return _lives(pod) and not pod.leaving and is_up_to_date(pod, capture_class)


def _lives(pod: WarmPod) -> bool:
    return not (pod.has_ended or pod.deleting)


def concerns_all(seen: PoolSeen) -> bool:
    """Say whether all that wait should look again, since no pod can start; else one per missing pod is enough."""
    return is_broken(seen) or held_up(seen) is not None


def missing_pods(seen: PoolSeen, waiting: int) -> int:
    """Return how many more pods the work calls for; below zero there are more than that."""
    if isinstance(seen.capture_class, MissingClass):
        return 0
    mine = [pod for pod in seen.pods if _lives(pod) and is_up_to_date(pod, seen.capture_class)]
    serving = sum(not pod.leaving for pod in mine)
    # One that takes nothing more still is one of those that there may be.
    return min(
        wanted_pods(waiting + seen.claimed, seen.capture_class) - serving, seen.capture_class.reuse.max_pods - len(mine)
    )


def is_broken(seen: PoolSeen) -> bool:
    """Say whether a pod of this class as it is could not start, or did nothing: the next would do no better."""
    mine = (pod for pod in seen.pods if is_up_to_date(pod, seen.capture_class))
    return any(is_useless(pod, seen.now) for pod in mine)


def held_up(seen: PoolSeen) -> Held | None:
    """Return what keeps a pod of the pool from starting, if no other serves in its place."""
    serving = [pod for pod in seen.pods if serves(pod, seen.capture_class)]
    if any(pod.started is not None for pod in serving):
        return None
    states = (read_life(pod, seen.now) for pod in serving)
    return next((state for state in states if isinstance(state, Held)), None)


def is_useless(pod: WarmPod, now: datetime) -> bool:
    """Say whether a pod cannot start, or ended without having been of use."""
    if not pod.has_ended:
        return isinstance(read_life(pod, now), Failed)
    end = pod.termination
    if pod.deleting or end is None:
        return pod.started is None and not pod.deleting
    try:
        told = decode_warm_end(end.message)
    except MalformedMessageError:
        lived = (end.finished or now) - (end.started or pod.created)
        return end.exit_code != 0 and lived < YOUNG
    return told.captures == 0 and told.reason in _USELESS


def tidy(seen: PoolSeen, claimed: dict[str, int], waiting: int) -> Tidying:
    """Return which pods of a pool go: those that ended, at once, or after a while if they were of no use.

    `claimed` counts the claims that each has, `waiting` the requests that wait for one. A pod that did not begin cannot
    end by itself: it goes when it is outdated, or when it takes long and nobody waits for it any more.
    """
    goes = {
        pod.name: _goes_at(pod, seen, bool(claimed.get(pod.name)), waiting) for pod in seen.pods if not pod.deleting
    }
    times = {name: due for name, due in goes.items() if due is not None}
    later = [due for due in times.values() if due > seen.now]
    return Tidying(tuple(name for name, due in times.items() if due <= seen.now), min(later, default=None))


def _goes_at(pod: WarmPod, seen: PoolSeen, has_claims: bool, waiting: int) -> datetime | None:
    """Return when a pod is to be deleted, or looked at again; `None` if it is let be."""
    if pod.has_ended and is_useless(pod, seen.now):
        finished = pod.termination.finished if pod.termination else None
        return (finished or pod.created) + KEPT
    if pod.has_ended:
        return seen.now + GIVE_BACK if has_claims else seen.now
    if pod.started is not None:
        return None
    if not is_up_to_date(pod, seen.capture_class):
        return seen.now
    return seen.now + START_PATIENCE if waiting else pod.created + START_PATIENCE
