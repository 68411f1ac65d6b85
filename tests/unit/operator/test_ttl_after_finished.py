"""When a request that is over is deleted."""

from datetime import datetime
from typing import Any

import pytest

from kubeshot_operator.api.crd import ConditionStatus, ConditionType, Phase
from kubeshot_operator.api.model import Condition, ScreenshotRequest, Status
from kubeshot_operator.decide.decision import Decision
from kubeshot_operator.decide.run import decide
from kubeshot_operator.decide.status import MAX_MESSAGE
from unit.contract.make import raw_spec
from unit.operator.builders import NOW, after, make_finished, make_observation, make_request, make_status

ARGO: dict[str, Any] = {
    "annotations": {"argocd.argoproj.io/tracking-id": "shop:kubeshot.dev/ScreenshotRequest:team/shot"}
}
OWNED: dict[str, Any] = {"ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": "nightly", "uid": "1"}]}


def finished(phase: Phase = Phase.SUCCEEDED, ttl: str | None = "2m", **metadata: Any) -> ScreenshotRequest:
    """Return a request that was over at `NOW`."""
    spec = raw_spec() if ttl is None else raw_spec(ttlAfterFinished=ttl)
    return make_request(make_status(phase, completion_time=NOW), spec, **metadata)


def decided(request: ScreenshotRequest, now: datetime) -> Decision:
    decision = decide(make_observation(request, now=now))
    assert isinstance(decision, Decision)
    return decision


def kept(status: Status | None) -> Condition:
    assert status is not None
    condition = status.condition(ConditionType.KEPT)
    assert condition is not None
    return condition


@pytest.mark.parametrize(
    ("request_", "seconds", "expected"),
    [
        (finished(), 0, Decision(wake_at=after(120))),
        (finished(), 119.9, Decision(wake_at=after(120))),
        (finished(), 120, Decision(remove=True)),
        (finished(Phase.FAILED), 120, Decision(remove=True)),
        (finished(ttl=None), 10**8, Decision()),
        (finished(**ARGO), 119, Decision(wake_at=after(120))),
        (finished(ttl="8760h"), 10**7, Decision(wake_at=after(8760 * 3600))),
    ],
    ids=[
        "just over",
        "nearly due",
        "due",
        "due after a failure",
        "without a time",
        "tracked, and not due",
        "a year later",
    ],
)
def test_request_that_is_over(request_: ScreenshotRequest, seconds: float, expected: Decision) -> None:
    assert decided(request_, after(seconds)) == expected


@pytest.mark.parametrize(
    ("metadata", "reason", "told"),
    [
        (ARGO, "Tracked", "Argo CD (annotation argocd.argoproj.io/tracking-id) would create the request again"),
        (OWNED, "Owned", "the request belongs to Job nightly"),
    ],
    ids=["a tool", "an owner"],
)
def test_request_that_is_kept_says_so_once(metadata: dict[str, Any], reason: str, told: str) -> None:
    decision = decided(finished(**metadata), after(120))
    condition = kept(decision.status)
    assert (decision.remove, decision.wake_at) == (False, None)
    assert (condition.status, condition.reason) == (ConditionStatus.TRUE, reason)
    assert condition.message.startswith("spec.ttlAfterFinished of 2m00s passed, but ")
    assert told in condition.message
    assert len(condition.message) <= MAX_MESSAGE
    again = make_request(decision.status, raw_spec(ttlAfterFinished="2m"), **metadata)
    assert decided(again, after(600)) == Decision()


def test_request_that_is_tracked_no_longer_goes() -> None:
    before = decided(finished(**ARGO), after(120))
    assert decided(make_request(before.status, raw_spec(ttlAfterFinished="2m")), after(600)) == Decision(remove=True)


@pytest.mark.parametrize("phase", [Phase.QUEUED, Phase.CAPTURING, Phase.SUSPENDED])
def test_request_that_is_not_over_has_no_end(phase: Phase) -> None:
    spec = raw_spec(ttlAfterFinished="2m", suspend=phase is Phase.SUSPENDED, deadline="1h")
    decision = decide(make_observation(make_request(make_status(phase), spec), now=after(1200)))
    assert not isinstance(decision, Decision) or not decision.remove


def test_changed_request_begins_anew_and_is_not_deleted() -> None:
    decision = decide(make_observation(finished(generation=2), now=after(600)))
    assert not isinstance(decision, Decision) or not decision.remove


def test_new_run_is_kept_by_nobody() -> None:
    before = decided(finished(**ARGO), after(120)).status
    spec = raw_spec(ttlAfterFinished="2m", suspend=True)
    status = decided(make_request(before, spec, generation=2, **ARGO), after(600)).status
    assert status is not None
    assert status.condition(ConditionType.KEPT) is None


def test_pod_of_a_request_whose_time_has_come_goes_first() -> None:
    decision = decide(make_observation(finished(), make_finished(), now=after(600)))
    assert decision == Decision(delete=("shot-5f2c0-1-1-1",), remove=True)
