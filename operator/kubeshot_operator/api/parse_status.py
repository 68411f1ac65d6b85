"""A request's status, from raw to value and back. Reading what was written gives the same value."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Outcome, Page, Stage, StageVerdict
from kubeshot_operator.api.crd import ConditionStatus, ConditionType, Phase
from kubeshot_operator.api.model import Attempt, Condition, Status, StoredOutput, Timings, Verdict
from kubeshot_operator.api.parse_uploads import parse_uploads, render_uploads
from kubeshot_operator.api.scalars import (
    format_bytes,
    format_duration,
    format_instant,
    format_time,
    parse_bytes,
    parse_time,
)

Raw = Mapping[str, Any]
Value = TypeVar("Value")

_TIMING_FIELDS = {
    "queued": "queued",
    "podStart": "pod_start",
    "navigate": "navigate",
    "settle": "settle",
    "shoot": "shoot",
    "upload": "upload",
    "total": "total",
}


def parse_status(raw: Raw) -> Status:
    """Return the status in a raw one; an empty one is that of a request nobody has looked at yet.

    Words that the CRD leaves open may be of another version or another controller: they are passed over.
    """
    return Status(
        run=raw.get("run", 0),
        observed_generation=raw.get("observedGeneration", 0),
        requested_at=raw.get("requestedAt"),
        phase=_optional(raw, "phase", Phase),
        storage_key=raw.get("storageKey"),
        outputs=tuple(_parse_output(item) for item in raw.get("outputs", ())),
        page=_optional(raw, "page", _parse_page),
        verdict=_optional(raw, "verdict", _parse_verdict),
        attempts=tuple(_parse_attempt(item) for item in raw.get("attempts", ())),
        uploads=parse_uploads(raw.get("uploads", ())),
        queued_time=_optional(raw, "queuedTime", parse_time),
        start_time=_optional(raw, "startTime", parse_time),
        completion_time=_optional(raw, "completionTime", parse_time),
        timings=_optional(raw, "timings", _parse_timings),
        conditions=tuple(_parse_condition(item) for item in raw.get("conditions", ()) if item["type"] in _CONDITIONS),
    )


_CONDITIONS = frozenset(ConditionType)
_STAGES = frozenset(Stage)


def render_status(status: Status) -> dict[str, Any]:
    """Return the status as the API server stores it, without fields that are not set."""
    return _without_unset(
        {
            "run": status.run,
            "observedGeneration": status.observed_generation,
            "requestedAt": status.requested_at,
            "phase": status.phase,
            "storageKey": status.storage_key,
            "outputs": [_render_output(output) for output in status.outputs] or None,
            "page": status.page and _render_page(status.page),
            "verdict": status.verdict and _render_verdict(status.verdict),
            "attempts": [_render_attempt(attempt) for attempt in status.attempts] or None,
            "uploads": render_uploads(status.uploads) or None,
            "queuedTime": _time(status.queued_time),
            "startTime": _time(status.start_time),
            "completionTime": _time(status.completion_time),
            "duration": _duration(status),
            "timings": status.timings and _render_timings(status.timings),
            "conditions": [_render_condition(condition) for condition in status.conditions],
        }
    )


def _optional(raw: Raw, name: str, parse: Callable[[Any], Value]) -> Value | None:
    value = raw.get(name)
    return None if value is None else parse(value)


def _without_unset(raw: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in raw.items() if value is not None}


def _time(moment: datetime | None) -> str | None:
    return format_instant(moment) if moment else None


def _duration(status: Status) -> str | None:
    if status.completion_time is None or status.timings is None or status.timings.total is None:
        return None
    return format_duration(timedelta(milliseconds=status.timings.total))


def _parse_output(raw: Raw) -> StoredOutput:
    return StoredOutput(
        name=raw["name"],
        bucket=raw["bucket"],
        key=raw["key"],
        sha256=raw["sha256"],
        bytes=raw["bytes"],
        content_type=raw["contentType"],
        etag=raw.get("etag"),
        url=raw.get("url"),
        width=raw.get("width"),
        height=raw.get("height"),
        perceptual_hash=raw.get("perceptualHash"),
    )


def _render_output(output: StoredOutput) -> dict[str, Any]:
    return _without_unset(
        {
            "name": output.name,
            "bucket": output.bucket,
            "key": output.key,
            "url": output.url,
            "etag": output.etag,
            "sha256": output.sha256,
            "bytes": output.bytes,
            "width": output.width,
            "height": output.height,
            "perceptualHash": output.perceptual_hash,
            "contentType": output.content_type,
        }
    )


def _parse_page(raw: Raw) -> Page:
    return Page(raw.get("finalURL", ""), raw.get("httpStatus"), raw.get("title", ""))


def _render_page(page: Page) -> dict[str, Any]:
    return _without_unset({"finalURL": page.final_url, "httpStatus": page.http_status, "title": page.title})


def _parse_verdict(raw: Raw) -> Verdict:
    stages = [stage for stage in raw.get("stages", ()) if stage["name"] in _STAGES]
    return Verdict(
        settled=raw["settled"],
        stages=tuple(StageVerdict(Stage(s["name"]), Outcome(s["outcome"]), s["milliseconds"]) for s in stages),
        notes=tuple(raw.get("notes", ())),
    )


def _render_verdict(verdict: Verdict) -> dict[str, Any]:
    stages = [{"name": s.stage, "outcome": s.outcome, "milliseconds": s.milliseconds} for s in verdict.stages]
    return _without_unset({"settled": verdict.settled, "stages": stages, "notes": list(verdict.notes) or None})


def _parse_attempt(raw: Raw) -> Attempt:
    return Attempt(
        index=raw["index"],
        pod_name=raw["podName"],
        memory_limit=_optional(raw, "memoryLimit", parse_bytes),
        node_name=raw.get("nodeName"),
        reason=_optional(raw, "reason", _parse_reason),
        exit_code=raw.get("exitCode"),
        peak_memory=_optional(raw, "peakMemory", parse_bytes),
        start_time=_optional(raw, "startTime", parse_time),
        end_time=_optional(raw, "endTime", parse_time),
        message=raw.get("message"),
    )


def _parse_reason(word: str) -> Reason:
    return Reason(word) if word in _REASONS else Reason.INTERNAL_ERROR


_REASONS = frozenset(Reason)


def _render_attempt(attempt: Attempt) -> dict[str, Any]:
    return _without_unset(
        {
            "index": attempt.index,
            "podName": attempt.pod_name,
            "nodeName": attempt.node_name,
            "reason": attempt.reason,
            "exitCode": attempt.exit_code,
            "memoryLimit": None if attempt.memory_limit is None else format_bytes(attempt.memory_limit),
            "peakMemory": None if attempt.peak_memory is None else format_bytes(attempt.peak_memory),
            "startTime": _time(attempt.start_time),
            "endTime": _time(attempt.end_time),
            "message": attempt.message,
        }
    )


def _parse_timings(raw: Raw) -> Timings:
    return Timings(**{field: raw.get(name) for name, field in _TIMING_FIELDS.items()})


def _render_timings(timings: Timings) -> dict[str, Any]:
    return _without_unset({name: getattr(timings, field) for name, field in _TIMING_FIELDS.items()})


def _parse_condition(raw: Raw) -> Condition:
    return Condition(
        type=ConditionType(raw["type"]),
        status=ConditionStatus(raw["status"]),
        reason=raw["reason"],
        message=raw["message"],
        last_transition_time=parse_time(raw["lastTransitionTime"]),
        observed_generation=raw.get("observedGeneration", 0),
    )


def _render_condition(condition: Condition) -> dict[str, Any]:
    return {
        "type": condition.type,
        "status": condition.status,
        "observedGeneration": condition.observed_generation,
        "lastTransitionTime": format_time(condition.last_transition_time),
        "reason": condition.reason,
        "message": condition.message,
    }
