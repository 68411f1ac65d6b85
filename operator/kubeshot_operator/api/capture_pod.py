"""A capture pod as a value. `parse_pod` makes it."""

from dataclasses import dataclass
from datetime import datetime

from kubeshot_operator.api.model import Key


@dataclass(frozen=True, slots=True)
class Termination:
    """How a container ended."""

    exit_code: int
    reason: str
    message: str
    started: datetime | None
    finished: datetime | None


@dataclass(frozen=True, slots=True)
class CapturePod:
    """A capture pod as last seen. `waiting` and `termination` are of its capture container."""

    namespace: str
    name: str
    uid: str
    request_uid: str
    request_name: str
    resource_version: str
    generation: int
    run: int
    attempt: int
    phase: str
    reason: str
    """`status.reason` of the pod, such as Evicted; empty when there is none."""
    message: str
    created: datetime
    deleting: bool
    node_name: str | None
    started: datetime | None
    """When the capture container began to run."""
    waiting_reason: str
    waiting_message: str
    unschedulable: str
    """Why the scheduler has no node for it; empty when it has one."""
    disrupted: bool
    oom_killed: bool
    memory_limit: int | None
    termination: Termination | None

    @property
    def owner(self) -> Key:
        """The request it belongs to."""
        return Key(self.namespace, self.request_name)

    @property
    def has_ended(self) -> bool:
        """Whether no container of it runs or will run again."""
        return self.phase in ("Succeeded", "Failed") or self.termination is not None
