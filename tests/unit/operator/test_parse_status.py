"""A status that was written is read back as it was; a patch turns the old into the new."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome, Page, Stage, StageVerdict
from kubeshot_operator.api.crd import ConditionStatus, ConditionType, Phase
from kubeshot_operator.api.model import Attempt, Condition, Status, StoredOutput, Timings, Verdict
from kubeshot_operator.api.parse_status import parse_status, render_status
from kubeshot_operator.api.stored_status import merge_patch

TEXTS = st.text(max_size=20)
COUNTS = st.integers(min_value=0, max_value=1 << 40)
SECONDS = st.integers(min_value=0, max_value=10**9).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
# The status holds whole mebibytes and milliseconds.
MEMORY = st.integers(min_value=0, max_value=1 << 14).map(lambda count: count << 20)
MILLISECONDS = st.builds(
    lambda moment, milliseconds: moment + timedelta(milliseconds=milliseconds), SECONDS, st.integers(0, 999)
)


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the strategy, or nothing."""
    return st.none() | strategy


ATTEMPTS = st.builds(
    Attempt,
    index=st.integers(1, 16),
    pod_name=TEXTS,
    memory_limit=optional(MEMORY),
    node_name=optional(TEXTS),
    reason=optional(st.sampled_from(Reason)),
    exit_code=optional(st.integers(0, 255)),
    peak_memory=optional(MEMORY),
    start_time=optional(MILLISECONDS),
    end_time=optional(MILLISECONDS),
    message=optional(TEXTS),
)
OUTPUTS = st.builds(
    StoredOutput,
    name=TEXTS,
    bucket=TEXTS,
    key=TEXTS,
    sha256=TEXTS,
    bytes=COUNTS,
    content_type=TEXTS,
    etag=optional(TEXTS),
    url=optional(TEXTS),
    width=optional(COUNTS),
    height=optional(COUNTS),
    perceptual_hash=optional(TEXTS),
)
VERDICTS = st.builds(
    Verdict,
    settled=st.booleans(),
    stages=st.lists(st.builds(StageVerdict, st.sampled_from(Stage), st.sampled_from(Outcome), COUNTS), max_size=3).map(
        tuple
    ),
    notes=st.lists(TEXTS, max_size=3).map(tuple),
)
CONDITIONS = st.builds(
    Condition,
    type=st.sampled_from(ConditionType),
    status=st.sampled_from(ConditionStatus),
    reason=TEXTS,
    message=TEXTS,
    last_transition_time=SECONDS,
    observed_generation=COUNTS,
)
STATUSES = st.builds(
    Status,
    run=COUNTS,
    observed_generation=COUNTS,
    requested_at=optional(TEXTS),
    phase=optional(st.sampled_from(Phase)),
    storage_key=optional(TEXTS),
    outputs=st.lists(OUTPUTS, max_size=2).map(tuple),
    page=optional(st.builds(Page, TEXTS, optional(st.integers(100, 599)), TEXTS)),
    verdict=optional(VERDICTS),
    attempts=st.lists(ATTEMPTS, max_size=2).map(tuple),
    queued_time=optional(MILLISECONDS),
    start_time=optional(MILLISECONDS),
    completion_time=optional(MILLISECONDS),
    timings=optional(st.builds(Timings, *[optional(COUNTS)] * 7)),
    conditions=st.lists(CONDITIONS, max_size=4).map(tuple),
)
JSON = st.recursive(
    st.booleans() | st.integers() | TEXTS | st.lists(st.integers(), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4)


def apply(target: Any, patch: Any) -> Any:
    """Return the target with a patch merged into it, as the pseudocode of RFC 7396 says it."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = apply(result.get(name), value)
    return result


@given(STATUSES)
def test_status_is_read_as_it_was_written(status: Status) -> None:
    assert parse_status(render_status(status)) == status


@given(STATUSES, STATUSES)
def test_patch_turns_one_status_into_the_other(before: Status, after: Status) -> None:
    old, new = render_status(before), render_status(after)
    assert parse_status(apply(old, merge_patch(old, new))) == after


@given(OBJECTS, OBJECTS)
def test_patch_turns_old_into_new(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert apply(old, merge_patch(old, new)) == new


@given(OBJECTS)
def test_nothing_changed_is_an_empty_patch(value: dict[str, Any]) -> None:
    assert merge_patch(value, value) == {}


def test_patch_names_only_what_changed() -> None:
    old = {"phase": "Queued", "run": 1, "timings": {"queued": 3, "total": 9}, "page": {"title": "x"}}
    new = {"phase": "Starting", "run": 1, "timings": {"queued": 4, "total": 9}}
    assert merge_patch(old, new) == {"phase": "Starting", "timings": {"queued": 4}, "page": None}


def test_written_status_has_no_nulls() -> None:
    rendered = render_status(Status(run=1, observed_generation=1, phase=Phase.QUEUED))
    assert rendered == {"run": 1, "observedGeneration": 1, "phase": "Queued", "conditions": []}


def test_output_and_verdict_are_written_in_the_words_of_the_crd() -> None:
    stages = (StageVerdict(Stage.SETTLE, Outcome.TIMED_OUT, 20_000),)
    output = StoredOutput("a", "shots", "a.pdf", "ab", 9, "application/pdf")
    picture = replace(output, name="b", key="b.png", width=8, height=6, perceptual_hash="0f0f0f0f0f0f0f0f")
    rendered = render_status(Status(outputs=(output, picture), verdict=Verdict(False, stages, ("a popup was closed",))))
    document = {"name": "a", "bucket": "shots", "key": "a.pdf", "sha256": "ab", "bytes": 9}
    pixels = {"width": 8, "height": 6, "perceptualHash": "0f0f0f0f0f0f0f0f"}
    common = {"contentType": "application/pdf"}
    assert rendered["outputs"] == [document | common, document | {"name": "b", "key": "b.png"} | pixels | common]
    assert rendered["verdict"] == {
        "settled": False,
        "stages": [{"name": "Settle", "outcome": "TimedOut", "milliseconds": 20_000}],
        "notes": ["a popup was closed"],
    }


def test_duration_is_written_once_the_run_is_over() -> None:
    done = Status(completion_time=datetime(2026, 1, 1, tzinfo=UTC), timings=Timings(total=3210))
    assert render_status(done)["duration"] == "3.2s"
    assert "duration" not in render_status(Status(timings=Timings(total=3210)))


def test_words_of_another_version_are_passed_over() -> None:
    foreign = {
        "type": "Approved",
        "status": "True",
        "reason": "Ok",
        "message": "",
        "lastTransitionTime": "2026-01-01T12:00:00Z",
    }
    raw = {
        "run": 1,
        "conditions": [foreign],
        "attempts": [{"index": 1, "podName": "p", "reason": "AbductedByAliens"}],
        "verdict": {"settled": True, "stages": [{"name": "Dream", "outcome": "Settled", "milliseconds": 1}]},
    }
    status = parse_status(raw)
    assert status.conditions == ()
    assert status.attempts[0].reason is Reason.INTERNAL_ERROR, "the attempt still counts as one that failed"
    assert status.verdict == Verdict(settled=True, stages=())
