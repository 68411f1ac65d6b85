"""What can be told of a request without reading all of it: who it is, what it asks for, and whether it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kubeshot_operator.api import crd
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.parse import read_requested_at
from kubeshot_operator.api.scalars import parse_duration, parse_time

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outline:
    """What the metadata of a request says."""

    key: Key
    uid: str
    version: int
    generation: int
    requested_at: str | None
    deleting: bool

    def asks_for_other(self, later: "Outline") -> bool:
        """Say whether a later outline of the request asks for something else."""
        now, then = ((item.generation, item.requested_at, item.deleting) for item in (self, later))
        return now != then


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the status of a request says, as far as it decides whether there is anything to do about it."""

    phase: crd.Phase | None
    generation: int
    """That of the spec that the run was made of."""
    requested_at: str | None
    has_uploads: bool
    is_kept: bool
    is_held: bool
    should_be_held: bool
    expires: datetime | None
    """When it is to be deleted, by its own word."""


def parse_outline(body: Raw) -> Outline:
    """Return the outline of a request, by its metadata."""
    metadata = body["metadata"]
    return Outline(
        key=Key(metadata["namespace"], metadata["name"]),
        uid=metadata["uid"],
        version=int(metadata["resourceVersion"]),
        generation=metadata.get("generation", 1),
        requested_at=read_requested_at(metadata),
        deleting="deletionTimestamp" in metadata,
    )


def parse_outcome(body: Raw) -> Outcome:
    """Return the outcome of a request, raw as it is; raise `ValueError` or `KeyError` when it cannot be read."""
    spec, status = body.get("spec") or {}, body.get("status") or {}
    return Outcome(
        phase=crd.Phase(status["phase"]) if "phase" in status else None,
        generation=status.get("observedGeneration", 0),
        requested_at=status.get("requestedAt"),
        has_uploads=bool(status.get("uploads")),
        is_kept=any(condition["type"] == crd.ConditionType.KEPT for condition in status.get("conditions") or ()),
        is_held=crd.STORED_IMAGES_FINALIZER in (body["metadata"].get("finalizers") or ()),
        should_be_held=spec.get("retention") == crd.Retention.DELETE,
        expires=_expires(spec, status),
    )


def outline_of(request: ScreenshotRequest) -> Outline:
    """Return the outline of a request."""
    return Outline(
        request.key,
        request.uid,
        int(request.resource_version),
        request.generation,
        request.requested_at,
        request.deleting,
    )


def outcome_of(request: ScreenshotRequest) -> Outcome:
    """Return the outcome of a request."""
    status, spec = request.status, request.spec
    ttl = spec.ttl_after_finished if spec else None
    return Outcome(
        phase=status.phase,
        generation=status.observed_generation,
        requested_at=status.requested_at,
        has_uploads=bool(status.uploads),
        is_kept=status.condition(crd.ConditionType.KEPT) is not None,
        is_held=request.is_held,
        should_be_held=spec is not None and spec.retention is crd.Retention.DELETE,
        expires=status.completion_time + ttl if status.completion_time and ttl else None,
    )


def _expires(spec: Raw, status: Raw) -> datetime | None:
    if "ttlAfterFinished" not in spec or "completionTime" not in status:
        return None
    return parse_time(status["completionTime"]) + parse_duration(spec["ttlAfterFinished"])
