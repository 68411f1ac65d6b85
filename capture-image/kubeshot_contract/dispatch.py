"""How pods and the operator's dispatch service speak: jobs are claimed, results are reported, over HTTP, as JSON.

`POST /v1/claim` and `POST /v1/result` carry the pod's token as `Authorization: Bearer …`. The answers:

| status | to | meaning |
|---|---|---|
| 200 | claim | a `ClaimAnswer`; a claim is held open for up to `CLAIM_SECONDS` until there is something to say |
| 204 | result | it is known, and a warm pod's is in the status; telling it again does no harm |
| 400, 404, 405, 408 | both | not what is agreed on here, or too slow: nothing was taken in |
| 401 | both | no token, or none that is good for this; the body is empty |
| 409 | result | it is of an attempt that nobody waits for any more: forget it |
| 413 | both | the body is larger than `MAX_CLAIM_BYTES` or `MAX_REPORT_BYTES` |
| 421 | both | not the leader: ask the next address of the service |
| 503 | both | not for now: ask again |

A claim names what the pod has at hand. What the operator assigned to the pod and the pod does not name is handed out
again, so that no answer that was lost on its way loses a job. A pod that is handed what it has reported already reports
it again.
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from kubeshot_contract.fields import Fields, MalformedMessageError, parse_message
from kubeshot_contract.job import CaptureJob, decode_job, encode_job
from kubeshot_contract.options import Sandbox
from kubeshot_contract.result import MAX_RESULT_BYTES, CaptureResult, decode_result, encode_result

DISPATCH_VERSION = 1

CLAIM_PATH = "/v1/claim"
RESULT_PATH = "/v1/result"
AUTHORIZATION_HEADER = "Authorization"
AUTHORIZATION_SCHEME = "Bearer "

# What a pod is given: its token, host and port of the service, and, where it is a warm one, its `WarmLimits`.
TOKEN_VARIABLE = "CAPTURE_TOKEN"
DISPATCH_VARIABLE = "CAPTURE_DISPATCH"
WARM_VARIABLE = "CAPTURE_WARM"

TOKEN_BYTES = 32

CLAIM_SECONDS = 20.0
"""How long the service holds a claim open; a pod waits some seconds longer for the answer."""
RESULT_SECONDS = 4.0
"""How long it holds a warm pod's report until it is in the status; a pod waits a second longer."""

MAX_PAGES = 8
"""The most captures that a warm pod has at hand at a time."""

MAX_UID = 64
MAX_CLAIM_BYTES = 4096
MAX_REPORT_BYTES = 4 * MAX_RESULT_BYTES
# A job has a megabyte at most; the first one of an answer is there however large it is.
MAX_ANSWER_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class JobName:
    """Names one attempt."""

    uid: str
    run: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A pod asks for work: `free` is how many more captures it takes now, `holding` is what it has at hand.

    A pod that is about to end is free for none. It asks for what it was given while it made up its mind.
    """

    free: int
    holding: tuple[JobName, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What a pod is to do: at most as many jobs as it is free for, none when there is no work, or to end.

    One that is free for none gets all that it was given, and no more.

    A pod that is told to `drain` finishes and reports what it has at hand, claims no more, and ends.
    """

    jobs: tuple[CaptureJob, ...] = ()
    drain: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The end of an attempt, as its termination message would tell it."""

    name: JobName
    result: CaptureResult


@dataclass(frozen=True, slots=True)
class WarmLimits:
    """When a warm pod ends, and how many captures it makes at a time; `memory_percent` is of its container's limit.

    `sandbox` is that of all of its captures, so that the browser can start before the first.
    """

    max_captures: int
    max_age_ms: int
    idle_timeout_ms: int
    memory_percent: int
    pages: int
    sandbox: Sandbox


class WarmEndReason(StrEnum):
    """Why a warm pod ended by itself."""

    MAX_CAPTURES = "MaxCaptures"
    MAX_AGE = "MaxAge"
    IDLE = "Idle"
    MEMORY = "Memory"
    DRAINED = "Drained"
    """The dispatch service said so."""
    TERMINATED = "Terminated"
    """It got SIGTERM."""
    BROWSER_FAILED = "BrowserFailed"
    """The browser failed again and again."""
    REFUSED = "Refused"
    """The dispatch service does not take its token."""
    UNREACHABLE = "Unreachable"
    """The dispatch service did not answer for a whole idle time."""


@dataclass(frozen=True, slots=True)
class WarmEnd:
    """The termination message of a warm pod: how many captures it made, and why it ended."""

    captures: int
    reason: WarmEndReason


def digest_of(token: str) -> str:
    """Return what may be known of a token: its SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def encode_claim(claim: Claim) -> str:
    """Return a claim as JSON."""
    return _dumped({"free": claim.free, "holding": [_encode_name(name) for name in claim.holding]})


def decode_claim(text: str) -> Claim:
    """Return the claim in this text; raise `MalformedMessageError` when it is none, or one of another version."""
    fields = _versioned(text)
    return Claim(fields.integer("free", most=MAX_PAGES), fields.items("holding", _decode_name, most=MAX_PAGES))


def encode_answer(answer: ClaimAnswer) -> str:
    """Return an answer as JSON; the jobs are without the storage's certificates, which the pod has."""
    return _dumped({"jobs": [encode_job(job) for job in answer.jobs], "drain": answer.drain})


def decode_answer(text: str, storage_ca: str | None = None) -> ClaimAnswer:
    """Return the answer in this text, its jobs with these certificates; raise `MalformedMessageError`."""
    fields = _versioned(text)
    jobs = fields.optional_strings("jobs", most=MAX_PAGES)
    return ClaimAnswer(tuple(decode_job(job, storage_ca) for job in jobs), fields.boolean("drain"))


def encode_report(report: Report) -> str:
    """Return a report as JSON of at most `MAX_REPORT_BYTES`."""
    return _dumped({**_encode_name(report.name), "result": encode_result(report.result)})


def decode_report(text: str) -> Report:
    """Return the report in this text; raise `MalformedMessageError` when it is none, or not of an attempt's end."""
    fields = _versioned(text)
    name, result = _decode_name(fields), decode_result(fields.text("result", most=MAX_RESULT_BYTES))
    if (result.run, result.attempt) != (name.run, name.attempt):
        raise MalformedMessageError(f"the result is of run {result.run}, attempt {result.attempt}")
    if not result.finished:
        raise MalformedMessageError("the result is of an attempt that goes on")
    return Report(name, result)


def encode_limits(limits: WarmLimits) -> str:
    """Return the limits as JSON, for a variable."""
    return _dumped(
        {
            "maxCaptures": limits.max_captures,
            "maxAgeMs": limits.max_age_ms,
            "idleTimeoutMs": limits.idle_timeout_ms,
            "memoryPercent": limits.memory_percent,
            "pages": limits.pages,
            "sandbox": limits.sandbox,
        }
    )


def decode_limits(text: str) -> WarmLimits:
    """Return the limits in this text; raise `MalformedMessageError` when they are none, or of another version."""
    fields = _versioned(text)
    return WarmLimits(
        max_captures=fields.integer("maxCaptures", least=1),
        max_age_ms=fields.integer("maxAgeMs", least=1),
        idle_timeout_ms=fields.integer("idleTimeoutMs", least=1),
        memory_percent=fields.integer("memoryPercent", least=1, most=100),
        pages=fields.integer("pages", least=1, most=MAX_PAGES),
        sandbox=fields.choice("sandbox", Sandbox),
    )


def encode_warm_end(end: WarmEnd) -> str:
    """Return the termination message of a warm pod."""
    return _dumped({"warm": True, "captures": end.captures, "reason": end.reason})


def decode_warm_end(text: str) -> WarmEnd:
    """Return the end in a warm pod's termination message; raise `MalformedMessageError` when it is none."""
    fields = _versioned(text)
    return WarmEnd(fields.integer("captures"), fields.choice("reason", WarmEndReason))


def _dumped(message: dict[str, object]) -> str:
    return json.dumps({"version": DISPATCH_VERSION, **message}, ensure_ascii=False, separators=(",", ":"))


def _versioned(text: str) -> Fields:
    fields = parse_message(text)
    if (version := fields.integer("version")) != DISPATCH_VERSION:
        raise MalformedMessageError(f"the message has version {version}, this side reads version {DISPATCH_VERSION}")
    return fields


def _encode_name(name: JobName) -> dict[str, object]:
    return {"uid": name.uid, "run": name.run, "attempt": name.attempt}


def _decode_name(fields: Fields) -> JobName:
    return JobName(fields.text("uid", most=MAX_UID), fields.integer("run"), fields.integer("attempt"))
