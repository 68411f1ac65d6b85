"""The Kubernetes objects as values. `parse` makes them, `render` writes the status back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Page, StageVerdict
from kubeshot_contract.spec import CaptureSpec
from kubeshot_operator.api.bucket import RunKeys
from kubeshot_operator.api.crd import (
    STORED_IMAGES_FINALIZER,
    ConditionStatus,
    ConditionType,
    Phase,
    Retention,
)
from kubeshot_operator.api.keeper import Keeper


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names one ScreenshotRequest."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Pool:
    """Names the warm pods of one class in one namespace."""

    namespace: str
    class_name: str

    def __str__(self) -> str:
        return f"{self.namespace}, class {self.class_name}"


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """What a user asks for, defaults filled in by the API server. `page` is the part that the capture gets."""

    page: CaptureSpec
    class_name: str | None
    key_prefix: str
    priority: int
    suspend: bool
    deadline: timedelta
    retry_limit: int
    ttl_after_finished: timedelta | None
    retention: Retention


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a run. `end_time` is `None` while it is under way; memory is in bytes.

    It has a pod of its own with a limit of its memory, or shares a warm pod, and then has no limit of its own.
    """

    index: int
    pod_name: str
    memory_limit: int | None = None
    node_name: str | None = None
    reason: Reason | None = None
    exit_code: int | None = None
    peak_memory: int | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    message: str | None = None

    @property
    def is_claim(self) -> bool:
        """Whether it was claimed by a warm pod."""
        return self.memory_limit is None


@dataclass(frozen=True, slots=True)
class StoredOutput:
    """An output that is in the bucket.

    Size in pixels and perceptual hash are those of a picture, and unknown when its pod vanished before it reported.
    """

    name: str
    bucket: str
    key: str
    sha256: str
    bytes: int
    content_type: str
    etag: str | None = None
    url: str | None = None
    width: int | None = None
    height: int | None = None
    perceptual_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the page was when its picture was taken. `notes` are sentences of the capture for whoever looks at it."""

    settled: bool
    stages: tuple[StageVerdict, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of the parts of a run; `None` where they are not known."""

    queued: int | None = None
    pod_start: int | None = None
    navigate: int | None = None
    settle: int | None = None
    shoot: int | None = None
    upload: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A Kubernetes condition."""

    type: ConditionType
    status: ConditionStatus
    reason: str
    message: str
    last_transition_time: datetime
    observed_generation: int


@dataclass(frozen=True, slots=True)
class Status:
    """What the operator last wrote of a request; a fresh request has run 0 and no phase."""

    run: int = 0
    observed_generation: int = 0
    requested_at: str | None = None
    phase: Phase | None = None
    storage_key: str | None = None
    outputs: tuple[StoredOutput, ...] = ()
    page: Page | None = None
    verdict: Verdict | None = None
    attempts: tuple[Attempt, ...] = ()
    uploads: tuple[RunKeys, ...] = ()
    """What may be stored besides `outputs`: of the run under way, and of ended ones until it is deleted."""
    queued_time: datetime | None = None
    start_time: datetime | None = None
    completion_time: datetime | None = None
    timings: Timings | None = None
    conditions: tuple[Condition, ...] = ()

    def condition(self, kind: ConditionType) -> Condition | None:
        """Return the condition of this type, `None` if it was never written."""
        return next((condition for condition in self.conditions if condition.type is kind), None)


@dataclass(frozen=True, slots=True)
class ScreenshotRequest:
    """A request as last seen. `invalid` says why its spec cannot be read; `spec` is `None` then."""

    key: Key
    uid: str
    generation: int
    resource_version: str
    created: datetime
    deleting: bool
    finalizers: tuple[str, ...]
    keeper: Keeper | None
    requested_at: str | None
    spec: RequestSpec | None
    invalid: str | None
    lacks_defaults: bool
    """Whether it is invalid because the installed CRD is older than the operator, and fills in less."""
    status: Status
    stored_status: str = field(compare=False, repr=False)
    """The status as the API server has it, in JSON: the base of the next patch."""

    @property
    def is_held(self) -> bool:
        """Whether its deletion waits for that of its images."""
        return STORED_IMAGES_FINALIZER in self.finalizers
