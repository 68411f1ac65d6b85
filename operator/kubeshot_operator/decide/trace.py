"""A run as a trace, made when it is over from what its status tells: nothing is kept for it while it lasts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from kubeshot_operator.api.crd import ConditionType, Phase
from kubeshot_operator.api.limits import host_of
from kubeshot_operator.api.model import Attempt, ScreenshotRequest, Status
from kubeshot_operator.decide.ended import what_ended

Facts = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took its time; `problem` is the reason why it came to nothing, if it did."""

    name: str
    begin: datetime
    end: datetime
    facts: Facts
    problem: str | None = None
    parts: tuple["Span", ...] = ()


def trace_run(request: ScreenshotRequest, before: Status, after: Status) -> Span | None:
    """Return the trace of the run that ended between these two statuses of a request; `None` if none did.

    No message is told, and no part of an address but its host: a query may hold a secret.
    """
    if what_ended(before, after).run is None or after.completion_time is None:
        return None
    begin = after.queued_time or after.completion_time
    ready = after.condition(ConditionType.READY)
    return Span(
        name="run",
        begin=begin,
        end=after.completion_time,
        facts=_facts_of_run(request, after),
        problem=ready.reason if ready is not None and after.phase is Phase.FAILED else None,
        parts=(*_starts(after, begin), *_attempts(after, begin)),
    )


def _facts_of_run(request: ScreenshotRequest, status: Status) -> Facts:
    host = host_of(request.spec.page) if request.spec else ""
    return {
        "k8s.namespace.name": request.key.namespace,
        "kubeshot.request.name": request.key.name,
        "kubeshot.request.uid": request.uid,
        "kubeshot.run": status.run,
        "kubeshot.outcome": str(status.phase),
        **({"server.address": host} if host else {}),
    }


def _starts(status: Status, begin: datetime) -> Iterator[Span]:
    """Yield the time in the queue, and that until the first container ran."""
    timings = status.timings
    if timings is None or timings.queued is None:
        return
    created = begin + timedelta(milliseconds=timings.queued)
    yield Span("queued", begin, created, {})
    if timings.pod_start is not None:
        yield Span("pod start", created, created + timedelta(milliseconds=timings.pod_start), {})


def _attempts(status: Status, begin: datetime) -> Iterator[Span]:
    ended = [attempt for attempt in status.attempts if attempt.end_time is not None]
    for last, attempt in pairwise((None, *ended)):
        assert attempt is not None
        assert attempt.end_time is not None
        # One that never started began when the one before had ended.
        since = attempt.start_time or (last.end_time if last and last.end_time else begin)
        is_last = attempt is ended[-1]
        parts = tuple(_stages(status, attempt.end_time)) if is_last else ()
        yield Span("attempt", since, attempt.end_time, _facts_of_attempt(attempt), attempt.reason, parts)


def _facts_of_attempt(attempt: Attempt) -> Facts:
    facts: dict[str, str | int | None] = {
        "kubeshot.attempt": attempt.index,
        "k8s.pod.name": attempt.pod_name,
        "k8s.node.name": attempt.node_name,
        "kubeshot.reason": None if attempt.reason is None else str(attempt.reason),
        "process.exit.code": attempt.exit_code,
        "kubeshot.memory.limit": attempt.memory_limit,
        "kubeshot.memory.peak": attempt.peak_memory,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _stages(status: Status, end: datetime) -> Iterator[Span]:
    """Yield the stages of the last attempt. They follow each other, and the upload ends a capture."""
    stages = status.verdict.stages if status.verdict else ()
    begin = end - timedelta(milliseconds=sum(stage.milliseconds for stage in stages))
    for stage in stages:
        over = begin + timedelta(milliseconds=stage.milliseconds)
        yield Span(str(stage.stage), begin, over, {"kubeshot.outcome": str(stage.outcome)})
        begin = over
