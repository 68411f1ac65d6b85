"""What a capture says of itself as its termination message: at most 4,096 bytes, kept up to date as it goes."""

import json
from dataclasses import dataclass, replace

from kubeshot_contract.fields import Fields, MalformedMessageError, parse_message
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import (
    CaptureResult,
    Failure,
    Outcome,
    Page,
    Stage,
    StageVerdict,
    StoredImage,
)

RESULT_VERSION = 2

# The kubelet keeps this much of a termination message (kubernetes pkg/kubelet, MaxContainerTerminationMessageLength).
MAX_RESULT_BYTES = 4096

# Bounds of what the operator accepts; texts above are cut by the sender, numbers above are refused by the reader.
MAX_URL = 1024
MAX_TITLE = 256
MAX_MESSAGE = 512
MAX_OUTPUTS = 10
MAX_STAGES = 16
MAX_NOTES = 8
MAX_NOTE = 160
MAX_HOSTS = 8
# A name of the DNS has at most 253 characters.
MAX_HOST = 253

_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class _Limits:
    """How long the texts of a message may be."""

    url: int
    title: int
    message: int
    notes: int
    note: int
    hosts: int


_SHRINKING_LIMITS = (
    _Limits(MAX_URL, MAX_TITLE, MAX_MESSAGE, MAX_NOTES, MAX_NOTE, MAX_HOSTS),
    _Limits(512, 128, 256, 4, MAX_NOTE, 4),
    _Limits(128, 32, 128, 2, 80, 1),
    _Limits(0, 0, 64, 0, 0, 0),
)


def encode_result(result: CaptureResult) -> str:
    """Return the result as JSON of at most `MAX_RESULT_BYTES`: texts are cut to fit, digests and numbers never."""
    for limits in _SHRINKING_LIMITS:
        encoded = json.dumps(_encode(_cut(result, limits)), ensure_ascii=False, separators=(",", ":"))
        if len(encoded.encode()) <= MAX_RESULT_BYTES:
            return encoded
    raise AssertionError("a result within its own bounds always fits once its texts are cut")


def decode_result(text: str) -> CaptureResult:
    """Return the result in this text; raise `MalformedMessageError` when it is not one, or of another version."""
    fields = parse_message(text)
    if (version := fields.integer("v")) != RESULT_VERSION:
        raise MalformedMessageError(f"the result has version {version}, this operator reads version {RESULT_VERSION}")
    return CaptureResult(
        run=fields.integer("r"),
        attempt=fields.integer("a"),
        finished=fields.boolean("done"),
        failure=_decode_failure(fields.object("fail")) if fields.has("fail") else None,
        page=_decode_page(fields.object("page")) if fields.has("page") else None,
        stages=fields.items("st", _decode_stage, most=MAX_STAGES),
        outputs=fields.items("out", _decode_output, most=MAX_OUTPUTS),
        peak_memory=fields.optional_integer("mem"),
        notes=tuple(_clean(note, MAX_NOTE) for note in fields.optional_strings("no", most=MAX_NOTES)),
        refused_hosts=tuple(_clean(host, MAX_HOST) for host in fields.optional_strings("ref", most=MAX_HOSTS)),
        received=fields.optional_integer("rx"),
    )


def _encode(result: CaptureResult) -> dict[str, object]:
    page, failure = result.page, result.failure
    return {
        "v": RESULT_VERSION,
        "r": result.run,
        "a": result.attempt,
        "done": result.finished,
        "fail": failure and {"r": failure.reason, "m": failure.message, "again": failure.retryable},
        "page": page and {"u": page.final_url, "s": page.http_status, "t": page.title},
        "st": [{"n": item.stage, "o": item.outcome, "ms": item.milliseconds} for item in result.stages],
        "out": [
            {
                "n": item.name,
                "sha": item.sha256,
                "b": item.bytes,
                "w": item.width,
                "h": item.height,
                "ph": item.perceptual_hash,
            }
            for item in result.outputs
        ],
        "mem": result.peak_memory,
        "no": result.notes,
        "ref": result.refused_hosts,
        "rx": result.received,
    }


def _cut(result: CaptureResult, limits: _Limits) -> CaptureResult:
    page, failure = result.page, result.failure
    return replace(
        result,
        page=page
        and replace(page, final_url=_clean(page.final_url, limits.url), title=_clean(page.title, limits.title)),
        failure=failure and replace(failure, message=_clean(failure.message, limits.message)),
        notes=tuple(_clean(note, limits.note) for note in result.notes[: limits.notes]),
        refused_hosts=tuple(_clean(host, MAX_HOST) for host in result.refused_hosts[: limits.hosts]),
    )


def _clean(text: str, most: int) -> str:
    """Return one line of at most `most` characters: control characters become spaces, lone surrogates go."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * most + 64])
    line = " ".join(line.split())
    return line if len(line) <= most else line[: max(most - 1, 0)] + "…"[: most and 1]


def _decode_failure(fields: Fields) -> Failure:
    return Failure(fields.choice("r", Reason), _clean(fields.text("m"), MAX_MESSAGE), fields.boolean("again"))


def _decode_page(fields: Fields) -> Page:
    return Page(
        final_url=_clean(fields.text("u"), MAX_URL),
        http_status=fields.optional_integer("s", most=999),
        title=_clean(fields.text("t"), MAX_TITLE),
    )


def _decode_stage(fields: Fields) -> StageVerdict:
    return StageVerdict(fields.choice("n", Stage), fields.choice("o", Outcome), fields.integer("ms"))


def _decode_output(fields: Fields) -> StoredImage:
    return StoredImage(
        name=fields.text("n", most=63),
        sha256=_digits(fields.text("sha", most=64), 64),
        bytes=fields.integer("b"),
        width=fields.optional_integer("w"),
        height=fields.optional_integer("h"),
        perceptual_hash=_digits(fields.text("ph", most=64), _HASH_DIGITS) if fields.has("ph") else None,
    )


def _digits(text: str, length: int) -> str:
    if len(text) != length or not set(text) <= set("0123456789abcdef"):
        raise MalformedMessageError(f"a digest is not {length} hex digits")
    return text
