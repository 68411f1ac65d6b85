"""What there is to do at one moment, counted when somebody asks."""

from collections import Counter
from datetime import datetime

from kubeshot_operator.api.crd import Phase
from kubeshot_operator.runtime.metrics import Load
from kubeshot_operator.runtime.state import State

# The phase of a request that has no status yet.
_PENDING = "Pending"


def look_at_load(state: State, pods_limit: int, leads: bool, now: datetime) -> Load:
    """Return the load. It goes over all requests that are not over: 2 ms for 10,000 of them."""
    phases: Counter[str] = Counter({str(phase): 0 for phase in (_PENDING, *Phase)})
    phases.update({str(phase): count for phase, count in state.cache.shelf.phases.items()})
    oldest = now
    for request in state.cache.requests.values():
        status = request.status
        phases[str(status.phase or _PENDING)] += 1
        if status.phase is Phase.QUEUED and status.queued_time is not None:
            oldest = min(oldest, status.queued_time)
    return Load(
        leads=leads,
        requests=phases,
        oldest_queued=(now - oldest).total_seconds(),
        pods=state.cache.live_pods,
        pods_limit=pods_limit,
        queue_depth=len(state.queue),
    )
