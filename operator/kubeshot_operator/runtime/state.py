"""What the operator holds in memory. All of it can be rebuilt from the cluster at any time."""

from dataclasses import dataclass

from kubeshot_operator.decide.admission import WaitingLine
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.queue import WorkQueue


@dataclass(frozen=True, slots=True)
class State:
    """The cache of objects, the queue of requests to look at, and the line of those that wait for a pod."""

    cache: Cache
    queue: WorkQueue
    line: WaitingLine
