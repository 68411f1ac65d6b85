"""What pods and dispatch service say to each other is read as it was written, and nothing else is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from kubeshot_contract.dispatch import (
    MAX_CLAIM_BYTES,
    MAX_PAGES,
    MAX_REPORT_BYTES,
    MAX_UID,
    Claim,
    ClaimAnswer,
    JobName,
    Report,
    WarmEnd,
    WarmEndReason,
    WarmLimits,
    decode_answer,
    decode_claim,
    decode_limits,
    decode_report,
    decode_warm_end,
    digest_of,
    encode_answer,
    encode_claim,
    encode_limits,
    encode_report,
    encode_warm_end,
)
from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.options import Sandbox
from kubeshot_contract.result import CaptureResult
from kubeshot_contract.result_message import MAX_NOTE, MAX_NOTES
from unit.contract.make import make_job, make_result

NAME = JobName("5f2c0f6e-0000-4000-8000-000000000000", 3, 2)
LIMITS = WarmLimits(50, 600_000, 30_000, 80, 2, Sandbox.REQUIRED)
RESULT = make_result(run=3, attempt=2)


def changed(text: str, **fields: Any) -> str:
    """Return a message with these fields in the place of its own."""
    return json.dumps({**json.loads(text), **fields})


def test_claim_is_read_as_it_was_written() -> None:
    claim = Claim(2, (NAME,))
    assert decode_claim(encode_claim(claim)) == claim


def test_the_largest_claim_keeps_its_bound() -> None:
    largest = Claim(MAX_PAGES, (JobName("u" * MAX_UID, 1 << 53, 1 << 53),) * MAX_PAGES)
    assert len(encode_claim(largest).encode()) <= MAX_CLAIM_BYTES


@pytest.mark.parametrize("answer", [ClaimAnswer(), ClaimAnswer(drain=True)], ids=["no work", "drain"])
def test_answer_without_work_is_read_as_it_was_written(answer: ClaimAnswer) -> None:
    assert decode_answer(encode_answer(answer)) == answer


def test_jobs_are_handed_out_without_certificates_and_read_with_those_of_the_pod() -> None:
    job = make_job(storage_ca="PEM of the class")
    text = encode_answer(ClaimAnswer((job, job)))
    assert decode_answer(text, "PEM of the class") == ClaimAnswer((job, job))
    assert [read.storage_ca for read in decode_answer(text).jobs] == [None, None]


def test_report_is_read_as_it_was_written() -> None:
    report = Report(NAME, RESULT)
    assert decode_report(encode_report(report)) == report


def test_the_largest_report_keeps_its_bound() -> None:
    notes = ('"\\' * MAX_NOTE,) * MAX_NOTES
    text = encode_report(Report(NAME, make_result(run=3, attempt=2, notes=notes)))
    assert len(text.encode()) <= MAX_REPORT_BYTES


@pytest.mark.parametrize(
    "result",
    [make_result(run=2, attempt=2), make_result(run=3, attempt=1), CaptureResult(run=3, attempt=2)],
    ids=["of another run", "of another attempt", "of an attempt that goes on"],
)
def test_report_of_something_else_is_refused(result: CaptureResult) -> None:
    with pytest.raises(MalformedMessageError):
        decode_report(encode_report(Report(NAME, result)))


def test_limits_and_end_are_read_as_they_were_written() -> None:
    assert decode_limits(encode_limits(LIMITS)) == LIMITS
    end = WarmEnd(17, WarmEndReason.IDLE)
    assert decode_warm_end(encode_warm_end(end)) == end
    assert json.loads(encode_warm_end(end)) == {"version": 1, "warm": True, "captures": 17, "reason": "Idle"}


@pytest.mark.parametrize(
    ("decode", "text"),
    [
        (decode_claim, encode_claim(Claim(1))),
        (decode_answer, encode_answer(ClaimAnswer())),
        (decode_report, encode_report(Report(NAME, RESULT))),
        (decode_limits, encode_limits(LIMITS)),
        (decode_warm_end, encode_warm_end(WarmEnd(1, WarmEndReason.IDLE))),
    ],
    ids=["claim", "answer", "report", "limits", "end"],
)
def test_another_version_and_nonsense_are_refused(decode: Callable[[str], object], text: str) -> None:
    for wrong in (changed(text, version=2), changed(text, version=None), "", "[]", "{", "[" * 100_000):
        with pytest.raises(MalformedMessageError):
            decode(wrong)


@pytest.mark.parametrize(
    "fields",
    [
        {"free": -1},
        {"free": MAX_PAGES + 1},
        {"free": True},
        {"holding": None},
        {"holding": [{}]},
        {"holding": [{"uid": "u" * (MAX_UID + 1), "run": 1, "attempt": 1}]},
        {"holding": [{"uid": "u", "run": 1, "attempt": 1}] * (MAX_PAGES + 1)},
    ],
    ids=[
        "free for less than none",
        "free for too many",
        "free for yes",
        "no list",
        "no name",
        "a long name",
        "a long list",
    ],
)
def test_claim_out_of_bounds_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(MalformedMessageError):
        decode_claim(changed(encode_claim(Claim(1)), **fields))


def test_digest_is_that_of_the_token() -> None:
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
