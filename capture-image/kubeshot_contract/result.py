"""What a capture says of itself."""

from dataclasses import dataclass
from enum import StrEnum

from kubeshot_contract.reasons import Reason


class Stage(StrEnum):
    """A step of the pipeline, in the order in which it runs."""

    CONTEXT = "Context"
    OPEN = "Open"
    GATE = "Gate"
    WAIT = "Wait"
    CLEAN = "Clean"
    REVEAL = "Reveal"
    SETTLE = "Settle"
    FREEZE = "Freeze"
    SHOOT = "Shoot"
    CHECK = "Check"
    ENCODE = "Encode"
    UPLOAD = "Upload"


class Outcome(StrEnum):
    """How a stage ended: as it should, at its time limit, without being needed, or with the capture's failure."""

    SETTLED = "Settled"
    TIMED_OUT = "TimedOut"
    SKIPPED = "Skipped"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class StageVerdict:
    """How one stage ended and how long it took."""

    stage: Stage
    outcome: Outcome
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Page:
    """The page that was reached. `http_status` is `None` for inline HTML."""

    final_url: str
    http_status: int | None
    title: str


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An output that was uploaded: its digest in hex, its size in bytes, and what a picture has besides.

    That is its size in pixels, and its difference hash of 64 bits in hex: equal pictures have equal ones, and alike
    pictures such as differ in few bits.
    """

    name: str
    sha256: str
    bytes: int
    width: int | None = None
    height: int | None = None
    perceptual_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a capture failed, in one word and one sentence."""

    reason: Reason
    message: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """The state of one attempt. It succeeded when `finished` is true and there is no `failure`."""

    run: int
    attempt: int
    finished: bool = False
    failure: Failure | None = None
    page: Page | None = None
    stages: tuple[StageVerdict, ...] = ()
    outputs: tuple[StoredImage, ...] = ()
    peak_memory: int | None = None
    """Bytes, as the container's cgroup counted them."""
    notes: tuple[str, ...] = ()
    """What a person should know of the pictures besides, a sentence each."""
    refused_hosts: tuple[str, ...] = ()
    """What the page asked for and its class does not let it reach, the first ones."""
    received: int | None = None
    """Bytes that came from the network, as the egress guard counted them; `None` before the page was asked for."""

    @property
    def settled(self) -> bool:
        """Whether no stage had to be cut short by its time limit."""
        return all(verdict.outcome is not Outcome.TIMED_OUT for verdict in self.stages)
