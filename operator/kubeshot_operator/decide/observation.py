"""What a decision is made from: a request, its pods and class, the moment, and facts that were looked up for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult
from kubeshot_operator.api.bucket import Bucket, Stored
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.crd import Wait
from kubeshot_operator.api.model import ScreenshotRequest


@dataclass(frozen=True, slots=True)
class MissingClass:
    """There is no class for the request; `message` says which, and what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class SlotGranted:
    """The request may have a pod now."""


@dataclass(frozen=True, slots=True)
class SlotHeld:
    """The request has to wait: `reason` is a word, `message` names the limit and the place in the queue."""

    reason: Wait
    message: str


@dataclass(frozen=True, slots=True)
class ClaimGranted:
    """A warm pod waits for the request; it is told as soon as the status says so."""

    pod: WarmPod


@dataclass(frozen=True, slots=True)
class PodWanted:
    """Another warm pod is wanted, and may be created on the request's account."""


@dataclass(frozen=True, slots=True)
class ClaimHeld:
    """The request has to wait for a warm pod: `reason` is a word, `message` says what it waits for."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class GoesAlone:
    """Warm pods of this class do not work; a pod of its own will at least say why."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The API server did not create the pod; `retry_after` is when it may.

    `doubtful` says that it may have done so all the same: it did not answer as it should.
    """

    reason: Reason
    message: str
    retry_after: timedelta
    final: bool = False
    doubtful: bool = False


Slot = SlotGranted | SlotHeld
Turn = ClaimGranted | PodWanted | ClaimHeld | GoesAlone


@dataclass(frozen=True, slots=True)
class Observation:
    """All that is known at one moment. The last six are looked up only when a decision asks for them.

    `labels` are those of the request's namespace, `None` as long as they are not known; `remembered` is how many bytes
    pages of its host needed lately, if more than the class gives.
    `warm_pod` is the one that has claimed the open attempt, if it is there; `report` is what the open attempt told of
    its end by itself.
    """

    request: ScreenshotRequest
    pods: tuple[CapturePod, ...]
    capture_class: CaptureClass | MissingClass
    now: datetime
    labels: Mapping[str, str] | None = None
    remembered: int | None = None
    warm_pod: WarmPod | None = None
    report: CaptureResult | None = None
    turn: Turn | None = None
    bucket: Bucket | None = None
    slot: Slot | None = None
    stored: Stored | None = None
    erased: Bucket | None = None
    refusal: Refusal | None = None
