"""What the operator holds in memory. All of it can be rebuilt from the cluster at any time."""

from dataclasses import dataclass, field

from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.host_memory import HostMemory
from kubeshot_operator.runtime.bells import Bells
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.queue import WorkQueue
from kubeshot_operator.runtime.reports import Reports


@dataclass(frozen=True, slots=True)
class State:
    """The cache of objects, the queue of what to look at, and the line of requests that wait for their turn.

    `memory` is what pages needed. The rest is between pods that speak to the operator and the passes: what was told,
    and who waits for an answer.
    """

    cache: Cache
    queue: WorkQueue
    line: Admission
    memory: HostMemory = field(default_factory=HostMemory)
    reports: Reports = field(default_factory=Reports)
    bells: Bells = field(default_factory=Bells)
