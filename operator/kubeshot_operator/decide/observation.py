"""What a decision is made from: a request, its pods and class, the moment, and facts that were looked up for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.bucket import Bucket, Stored
from kubeshot_operator.api.capture_pod import CapturePod
from kubeshot_operator.api.model import CaptureClass, ScreenshotRequest


@dataclass(frozen=True, slots=True)
class MissingClass:
    """There is no class for the request; `message` says which, and what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class SlotGranted:
    """The request may have a pod now."""


@dataclass(frozen=True, slots=True)
class SlotHeld:
    """The request has to wait: `message` names the limit and the place in the queue."""

    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The API server did not create the pod; `retry_after` is when it may."""

    reason: Reason
    message: str
    retry_after: timedelta
    final: bool = False


Slot = SlotGranted | SlotHeld


@dataclass(frozen=True, slots=True)
class Observation:
    """All that is known at one moment. The last four are looked up only when a decision asks for them."""

    request: ScreenshotRequest
    pods: tuple[CapturePod, ...]
    capture_class: CaptureClass | MissingClass
    now: datetime
    bucket: Bucket | None = None
    slot: Slot | None = None
    stored: Stored | None = None
    refusal: Refusal | None = None
