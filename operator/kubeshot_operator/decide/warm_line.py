"""Who gets a place in a warm pod, who has one created, and who has to wait for it."""

from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.decide.admission import Admission, Held
from kubeshot_operator.decide.lane import Waiter
from kubeshot_operator.decide.observation import ClaimGranted, ClaimHeld, GoesAlone, PodWanted, Turn
from kubeshot_operator.decide.pool import PoolSeen, held_up, is_broken, missing_pods, serves
from kubeshot_operator.decide.tally import Load


def ask_for_place(admission: Admission, waiter: Waiter, pod_name: str, seen: PoolSeen, load: Load) -> Turn:
    """Return what a request may do that waits for a place in a warm pod.

    `pod_name` is that of the pod that may be created on its account.
    """
    if is_broken(seen):
        return GoesAlone()
    granted = _granted(admission, waiter, seen, load)
    if isinstance(granted, WarmPod):
        return ClaimGranted(granted)
    place = f"place {granted.place} in the queue"
    if granted.limit is not None:
        return ClaimHeld(granted.limit, f"{granted.described}; {place}")
    missing = missing_pods(seen, admission.waiting(seen.pool))
    if admission.making(seen.pool, waiter.key) < missing and all(pod.name != pod_name for pod in seen.pods):
        return PodWanted()
    held = held_up(seen)
    if held is not None:
        return ClaimHeld(held.reason, held.message)
    pods = sum(serves(pod, seen.capture_class) for pod in seen.pods)
    running = "1 warm pod" if pods == 1 else f"{pods} warm pods"
    return ClaimHeld(Phase.QUEUED, f"{running} of class {seen.pool.class_name} at work; {place}")


def _granted(admission: Admission, waiter: Waiter, seen: PoolSeen, load: Load) -> WarmPod | Held:
    """Return the pod that has a place for a request. What those offered that serve no more is forgotten."""
    while not isinstance(granted := admission.ask(waiter, load), Held):
        found = (pod for pod in seen.pods if pod.uid == granted.pod_uid and serves(pod, seen.capture_class))
        if (pod := next(found, None)) is not None:
            return pod
        admission.withdraw(granted.pod_uid)
        admission.refuse(granted)
    return granted
