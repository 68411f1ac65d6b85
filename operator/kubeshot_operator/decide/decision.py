"""What one pass over a request comes to."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from kubeshot_operator.api.model import Status
from kubeshot_operator.decide.pod import PodPlan
from kubeshot_operator.decide.warm_pod import WarmPlan


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, in this order: hold the request or let it go, create the pod, write the status, delete pods, delete
    the request; then look again at `wake_at`.

    `status` is `None` when nothing is to be written; `delete` holds names of pods. `unwritten` is a status that is not
    worth a write yet, but has to be remembered: without it a pod that vanishes at once would not count. `hold` puts our
    finalizer on, or takes it off; `remove` deletes the request.
    """

    status: Status | None = None
    unwritten: Status | None = None
    create: PodPlan | WarmPlan | None = None
    delete: tuple[str, ...] = ()
    hold: bool | None = None
    remove: bool = False
    wake_at: datetime | None = None


class Question(Enum):
    """A fact that costs a look outside, and that a decision needs before it can be made."""

    BUCKET = auto()
    """Can the class's bucket be used?"""
    TURN = auto()
    """Does a warm pod wait for the request, or is another one wanted?"""
    SLOT = auto()
    """May the request have a pod now?"""
    STORED = auto()
    """What is in the bucket under the keys of this run?"""
    ERASED = auto()
    """Is what nobody wants any more gone from the buckets? Looking for it deletes it."""
