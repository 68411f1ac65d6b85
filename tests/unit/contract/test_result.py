"""The result always fits into a termination message, and a hostile one never passes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import CaptureResult, Failure, Outcome, Page, Stage, StageVerdict, StoredImage
from kubeshot_contract.result_message import (
    MAX_NOTE,
    MAX_NOTES,
    MAX_OUTPUTS,
    MAX_RESULT_BYTES,
    decode_result,
    encode_result,
)
from unit.contract.make import make_result

numbers = st.integers(0, 1 << 53)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=32)
anything = st.text(max_size=5000)


def hex_digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=count, max_size=count)


results = st.builds(
    CaptureResult,
    run=numbers,
    attempt=numbers,
    finished=st.booleans(),
    failure=st.none() | st.builds(Failure, st.sampled_from(Reason), anything, st.booleans()),
    page=st.none() | st.builds(Page, anything, st.none() | st.integers(0, 999), anything),
    stages=st.lists(
        st.builds(StageVerdict, st.sampled_from(Stage), st.sampled_from(Outcome), numbers), max_size=len(Stage)
    ).map(tuple),
    outputs=st.lists(
        st.builds(
            StoredImage,
            names,
            hex_digits(64),
            numbers,
            width=st.none() | numbers,
            height=st.none() | numbers,
            perceptual_hash=st.none() | hex_digits(16),
        ),
        max_size=MAX_OUTPUTS,
    ).map(tuple),
    peak_memory=st.none() | numbers,
    notes=st.lists(anything, max_size=20).map(tuple),
)


@given(results)
def test_every_result_fits_and_keeps_its_digests_and_numbers(result: CaptureResult) -> None:
    text = encode_result(result)
    assert len(text.encode()) <= MAX_RESULT_BYTES
    decoded = decode_result(text)
    assert decoded.outputs == result.outputs
    assert decoded.stages == result.stages
    assert (decoded.run, decoded.attempt, decoded.finished) == (result.run, result.attempt, result.finished)
    assert (decoded.failure and decoded.failure.reason) == (result.failure and result.failure.reason)


def test_the_fullest_result_fits() -> None:
    most = 1 << 53
    images = tuple(StoredImage("n" * 32, "f" * 64, most, most, most, "f" * 16) for _ in range(MAX_OUTPUTS))
    stages = tuple(StageVerdict(stage, Outcome.TIMED_OUT, most) for stage in Stage)
    page = Page('"' * 4096, 999, "\\" * 4096)
    failure = Failure(Reason.QUEUE_DEADLINE_EXCEEDED, "😀" * 4096, retryable=False)
    text = encode_result(CaptureResult(most, most, True, failure, page, stages, images, most, ("😀" * 999,) * 20))
    assert len(text.encode()) <= MAX_RESULT_BYTES
    assert decode_result(text).outputs == images


def test_notes_make_room_for_digests() -> None:
    images = tuple(StoredImage("n" * 32, "f" * 64, 1 << 53) for _ in range(MAX_OUTPUTS))
    decoded = decode_result(encode_result(make_result(outputs=images, notes=("😀" * MAX_NOTE,) * MAX_NOTES)))
    assert decoded.outputs == images
    assert 0 < len(decoded.notes) < MAX_NOTES


def test_notes_beyond_the_bounds_are_cut_by_their_sender() -> None:
    decoded = decode_result(encode_result(make_result(notes=("a\nb", "c" * 1000, *"defghijk"))))
    assert decoded.notes == ("a b", "c" * (MAX_NOTE - 1) + "…", *"defghi")


def test_a_result_comes_out_as_it_went_in() -> None:
    assert decode_result(encode_result(make_result())) == make_result()


def test_texts_become_one_printable_line() -> None:
    result = make_result(page=Page("http://a/\x00", 200, "a\n\tb\u202ec \ud800"))
    decoded = decode_result(encode_result(result))
    assert decoded.page == Page("http://a/", 200, "a b c")


def test_a_stage_that_ran_out_of_time_makes_the_page_unsettled() -> None:
    assert make_result().settled
    assert not make_result(stages=(StageVerdict(Stage.SETTLE, Outcome.TIMED_OUT, 8000),)).settled


def test_a_document_has_neither_size_nor_hash() -> None:
    documents = (StoredImage("a", "ab" * 32, 5),)
    assert decode_result(encode_result(make_result(outputs=documents))).outputs == documents


def _changed(**changes: object) -> str:
    return json.dumps({**json.loads(encode_result(make_result())), **changes})


_IMAGE = {"n": "a", "sha": "ab" * 32, "b": 1, "w": 1, "h": 1}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("panic: out of memory", id="a log line, as the kubelet falls back to"),
        pytest.param("null", id="null"),
        pytest.param('{"v":1', id="cut off"),
        pytest.param("[" * 4096, id="brackets without end"),
        pytest.param('{"v":' * 800, id="objects without end"),
        pytest.param(_changed(v=1), id="another version"),
        pytest.param(_changed(r="1"), id="a text as a number"),
        pytest.param(_changed(r=1 << 60), id="a number beyond what JSON holds exactly"),
        pytest.param(_changed(mem=float("nan")), id="not a number"),
        pytest.param(_changed(mem=float("inf")), id="an infinite number"),
        pytest.param(_changed(done=1), id="one is not true"),
        pytest.param(_changed(fail=[]), id="a failure that is a list"),
        pytest.param(_changed(fail={"r": "Because", "m": "", "again": True}), id="an unknown reason"),
        pytest.param(_changed(fail={"r": "HTTPError", "m": 1, "again": True}), id="a message that is a number"),
        pytest.param(_changed(page={"u": None, "s": 200, "t": ""}), id="a page without a URL"),
        pytest.param(_changed(page={"u": "", "s": 1000, "t": ""}), id="a status of four digits"),
        pytest.param(_changed(st=[{"n": "Nap", "o": "Settled", "ms": 1}]), id="an unknown stage"),
        pytest.param(_changed(st=[{"n": "Open", "o": "Settled", "ms": 1}] * 17), id="too many stages"),
        pytest.param(_changed(out=[_IMAGE] * 11), id="too many images"),
        pytest.param(_changed(out=[{**_IMAGE, "sha": "AB" * 32}]), id="a digest in capitals"),
        pytest.param(_changed(out=[{**_IMAGE, "sha": "ab"}]), id="a short digest"),
        pytest.param(_changed(out=[{**_IMAGE, "n": "x" * 64}]), id="a long name"),
        pytest.param(_changed(out=[{**_IMAGE, "n": "\ud800"}]), id="a name with a lone surrogate"),
        pytest.param(_changed(out=[{**_IMAGE, "b": -1}]), id="a negative size"),
        pytest.param(_changed(out=[{**_IMAGE, "ph": "0f"}]), id="a short difference hash"),
        pytest.param(_changed(out=[{**_IMAGE, "ph": "0G" * 8}]), id="a difference hash that is not hex"),
        pytest.param(_changed(no=["a"] * 9), id="too many notes"),
        pytest.param(_changed(no=[1]), id="a note that is a number"),
    ],
)
def test_what_is_not_a_result_is_refused(text: str) -> None:
    with pytest.raises(MalformedMessageError):
        decode_result(text)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner)))
def test_nothing_but_the_agreed_error_comes_out_of_other_json(value: object) -> None:
    with pytest.raises(MalformedMessageError):
        decode_result(_changed(out=[value]) if value != [] else _changed(out=None))


def test_texts_of_a_foreign_sender_are_cut() -> None:
    decoded = decode_result(_changed(fail={"r": "HTTPError", "m": "a\n" * 1000, "again": True}))
    assert decoded.failure is not None
    assert len(decoded.failure.message) <= 512
    assert "\n" not in decoded.failure.message
    assert replace(decoded, failure=None) == make_result(failure=None)
