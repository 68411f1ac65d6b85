"""Pods of ours as values: of one attempt, or warm ones that take several. `parse_pod` makes them."""

from dataclasses import dataclass
from datetime import datetime

from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Key, Pool


@dataclass(frozen=True, slots=True)
class Termination:
    """How a container ended."""

    exit_code: int
    reason: str
    message: str
    started: datetime | None
    finished: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod as last seen. `waiting` and `termination` are of its capture container.

    `generation` is that of the spec, of a request or of a class, that the pod was made for.
    """

    namespace: str
    name: str
    uid: str
    resource_version: str
    generation: int
    token_digest: str
    """What may be known of the token that it was given; empty if it has none."""
    phase: str
    reason: str
    """`status.reason` of the pod, such as Evicted; empty when there is none."""
    message: str
    created: datetime
    scheduled: datetime | None
    """When it got its node; `None` before, and of pods that were never told of."""
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
    def has_ended(self) -> bool:
        """Whether no container of it runs or will run again."""
        return self.phase in ("Succeeded", "Failed") or self.termination is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturePod(Pod):
    """The pod of one attempt. `share` is what it was made to count against, whatever its request asks for by now."""

    share: Share
    request_uid: str
    request_name: str
    run: int
    attempt: int

    @property
    def owner(self) -> Key:
        """The request it belongs to."""
        return Key(self.namespace, self.request_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmPod(Pod):
    """A pod that takes the requests of its namespace and class, one after the other and some at a time."""

    class_uid: str
    class_name: str
    leaving: bool = False
    """Whether it has asked for work for the last time, or was told to drain."""

    @property
    def owner(self) -> Pool:
        """The pool it belongs to."""
        return Pool(self.namespace, self.class_name)
