"""The status of each state a request can be in. Each function returns a whole new status from the one before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kubeshot_contract.options import Sandbox
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult, Outcome
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.crd import ConditionStatus, ConditionType, Phase
from kubeshot_operator.api.model import Attempt, Condition, ScreenshotRequest, Status, StoredOutput, Timings, Verdict

# The CRD's limit of every message: a longer one would keep the whole status from being written.
MAX_MESSAGE = 1024
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes conditions of one generation at one moment."""

    generation: int
    now: datetime

    def in_progress(self, status: Status, phase: Phase, reason: str, message: str) -> Status:
        """Return the status of a run that goes on: not ready, reconciling."""
        return self._with(
            replace(status, phase=phase),
            self._condition(ConditionType.READY, ConditionStatus.FALSE, reason, message),
            self._condition(ConditionType.RECONCILING, ConditionStatus.TRUE, reason, message),
            self._condition(ConditionType.STALLED, ConditionStatus.FALSE, reason, ""),
        )

    def suspended(self, status: Status) -> Status:
        """Return the status of a request that is told to wait."""
        message = "spec.suspend is true; set it to false to capture"
        return self._with(
            replace(status, phase=Phase.SUSPENDED),
            self._condition(ConditionType.READY, ConditionStatus.FALSE, Reason.SUSPENDED, message),
            self._condition(ConditionType.RECONCILING, ConditionStatus.FALSE, Reason.SUSPENDED, ""),
            self._condition(ConditionType.STALLED, ConditionStatus.FALSE, Reason.SUSPENDED, ""),
        )

    def failed(self, status: Status, reason: Reason, message: str) -> Status:
        """Return the status of a run that ended without its images."""
        return self._with(
            self._completed(replace(status, phase=Phase.FAILED)),
            self._condition(ConditionType.READY, ConditionStatus.FALSE, reason, message),
            self._condition(ConditionType.RECONCILING, ConditionStatus.FALSE, reason, ""),
            self._condition(ConditionType.STALLED, ConditionStatus.TRUE, reason, message),
        )

    def succeeded(self, status: Status, outputs: tuple[StoredOutput, ...], result: CaptureResult | None) -> Status:
        """Return the status of a run whose images are stored. Without a result nothing is known of the page."""
        images = "1 image is" if len(outputs) == 1 else f"{len(outputs)} images are"
        message = f"{images} stored in bucket {outputs[0].bucket}"
        done = replace(
            status,
            phase=Phase.SUCCEEDED,
            outputs=outputs,
            storage_key=outputs[0].key,
            page=result.page if result else None,
            verdict=verdict_of(result) if result else None,
            uploads=tuple(item for item in status.uploads if item.run != status.run),
        )
        return self._with(
            self._completed(done),
            self._condition(ConditionType.READY, ConditionStatus.TRUE, Phase.SUCCEEDED, message),
            self._condition(ConditionType.RECONCILING, ConditionStatus.FALSE, Phase.SUCCEEDED, ""),
            self._condition(ConditionType.STALLED, ConditionStatus.FALSE, Phase.SUCCEEDED, ""),
            self._settled(result),
        )

    def kept(self, status: Status, reason: str, message: str) -> Status:
        """Return the status of a request that should be gone and is not; nothing else is said of it anew."""
        return self._with(status, self._condition(ConditionType.KEPT, ConditionStatus.TRUE, reason, message))

    def with_warning(self, status: Status, capture_class: CaptureClass) -> Status:
        """Return a status that warns of a class that captures without Chromium's sandbox, and of no other."""
        if capture_class.pod.sandbox is Sandbox.REQUIRED:
            others = tuple(item for item in status.conditions if item.type is not ConditionType.SANDBOXED)
            return replace(status, conditions=others)
        message = (
            f"CaptureClass {capture_class.name} runs Chromium without its sandbox: a page that gets hold of it is "
            "confined by the container only; set pod.sandbox to Required"
        )
        warning = self._condition(ConditionType.SANDBOXED, ConditionStatus.FALSE, "SandboxDisabled", message)
        return self._with(status, warning)

    def _settled(self, result: CaptureResult | None) -> Condition:
        if result is None:
            message = "the pod vanished after its upload, before it could say how the page was"
            return self._condition(ConditionType.SETTLED, ConditionStatus.UNKNOWN, "NotReported", message)
        if result.settled:
            return self._condition(ConditionType.SETTLED, ConditionStatus.TRUE, "Settled", "the page was at rest")
        late = ", ".join(verdict.stage for verdict in result.stages if verdict.outcome is Outcome.TIMED_OUT)
        message = f"the picture was taken before the page was at rest; cut short by a time limit: {late}"
        return self._condition(ConditionType.SETTLED, ConditionStatus.FALSE, "TimedOut", message)

    def _condition(self, kind: ConditionType, status: ConditionStatus, reason: str, message: str) -> Condition:
        return Condition(kind, status, reason, message[:MAX_MESSAGE], self.now, self.generation)

    def _with(self, status: Status, *conditions: Condition) -> Status:
        return replace(status, conditions=tuple(_merge(status.conditions, conditions)))

    def _completed(self, status: Status) -> Status:
        begun = status.queued_time or self.now
        timings = replace(status.timings or Timings(), total=milliseconds(self.now - begun))
        return replace(status, completion_time=self.now, timings=timings)


def begin_run(request: ScreenshotRequest, run: int, now: datetime) -> Status:
    """Return the status of a new run: nothing attempted, the stored images of the last one kept, as is what it left."""
    before = request.status
    return Status(
        run=run,
        observed_generation=request.generation,
        requested_at=request.requested_at,
        storage_key=before.storage_key,
        outputs=before.outputs,
        page=before.page,
        verdict=before.verdict,
        queued_time=now,
        uploads=before.uploads,
        conditions=tuple(item for item in before.conditions if item.type is not ConditionType.KEPT),
    )


def with_attempt(status: Status, attempt: Attempt) -> Status:
    """Return the status with this attempt added, or put in the place of the one with its index."""
    others = tuple(item for item in status.attempts if item.index != attempt.index)
    return replace(status, attempts=(*others, attempt))


def verdict_of(result: CaptureResult) -> Verdict:
    """Return how far the page was; of a stage that is told twice, which the CRD does not take, the last word counts."""
    stages = {verdict.stage: verdict for verdict in result.stages}
    return Verdict(result.settled, tuple(stages.values()), result.notes, result.refused_hosts, result.received)


def milliseconds(duration: timedelta) -> int:
    """Return a duration in whole milliseconds, at least 0."""
    return max(0, round(duration / _MILLISECOND))


def _merge(before: Iterable[Condition], after: Iterable[Condition]) -> Iterable[Condition]:
    """Return the conditions in a fixed order; one whose status stays keeps its time of transition."""
    by_type = {condition.type: condition for condition in before}
    for condition in after:
        known = by_type.get(condition.type)
        same = known is not None and known.status is condition.status
        by_type[condition.type] = (
            replace(condition, last_transition_time=known.last_transition_time) if same and known else condition
        )
    return (by_type[kind] for kind in ConditionType if kind in by_type)
