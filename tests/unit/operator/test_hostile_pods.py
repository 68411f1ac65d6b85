"""Whatever a capture pod says of itself, the status that comes of it is one that the API server takes, and readable."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubeshot_contract.fields import MalformedMessageError
from kubeshot_contract.reasons import Reason
from kubeshot_contract.result import Failure, Page
from kubeshot_contract.result_message import decode_result, encode_result
from kubeshot_operator.api.bucket import BucketReady
from kubeshot_operator.api.parse_status import render_status
from kubeshot_operator.decide.decision import Decision
from kubeshot_operator.decide.observation import SlotGranted
from kubeshot_operator.decide.run import decide
from unit.operator.builders import (
    OBJECT_KEY,
    make_attempt,
    make_ended,
    make_observation,
    make_request,
    make_result,
    make_status,
    make_stored,
)

Place = tuple[str | int, ...]

CRD = Path(__file__).parents[3] / "crds" / "screenshotrequests.yaml"
[VERSION] = yaml.safe_load(CRD.read_text())["spec"]["versions"]
STATUS = jsonschema.Draft202012Validator(VERSION["schema"]["openAPIV3Schema"]["properties"]["status"])

FULL = make_result(
    failure=Failure(Reason.HTTP_ERROR, "the page answered 404", retryable=False),
    page=Page("http://example.com/", 404, "Not found"),
    notes=("a note",),
    refused_hosts=("169.254.169.254",),
    received=1,
    peak_memory=1,
)
# What terminals, logs, YAML, HTML and format strings make something of.
NASTY = st.sampled_from(
    [
        "\x1b[2J\x1b[31mroot@host#",
        "line\nphase: Succeeded",
        "\u202egnp.exe",
        "{0.__class__}{name}%s%n$(TOKEN)${TOKEN}",
        "<script>alert(1)</script>",
        "\x00\ud800",
        "😀" * 3000,
        "../../../../etc/passwd",
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | NASTY
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=6), inner, max_size=6),
    max_leaves=20,
)


def paths(value: Any, here: Place = ()) -> list[Place]:
    """Return where each value of a message is."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for name, inner in below for path in paths(inner, (*here, name)))]


def changed(value: Any, path: Place, new: Any) -> Any:
    """Return a message with another value at one place."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


@st.composite
def messages(draw: st.DrawFn) -> str:
    """A message of a pod that was taken over: a good one with other values, cut short, or anything at all."""
    message: Any = json.loads(encode_result(FULL if draw(st.booleans()) else make_result()))
    for _ in range(draw(st.integers(0, 3))):
        message = changed(message, draw(st.sampled_from(paths(message))), draw(ANYTHING))
    text = json.dumps(message)
    end = draw(st.none() | st.integers(0, len(text)))
    return draw(st.just(text[:end]) | st.text(max_size=200))


def written(message: str, exit_code: int) -> dict[str, Any] | None:
    """Return the status that is decided on when a pod ends so; `None` when nothing is written."""
    request = make_request(make_status(attempts=(make_attempt(),)))
    seen = make_observation(
        request,
        make_ended(message, exit_code),
        stored={OBJECT_KEY: make_stored()},
        bucket=BucketReady(),
        slot=SlotGranted(),
    )
    decision = decide(seen)
    assert isinstance(decision, Decision), "all questions are answered already"
    return None if decision.status is None else render_status(decision.status)


def texts(value: Any) -> list[str]:
    """Return all texts of a status."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=150)
@given(messages(), st.sampled_from([0, 1, 2, 20, 32, 64, 137, 139, 255, -1, 1 << 40]))
def test_a_status_is_always_one_that_can_be_stored_and_read(message: str, exit_code: int) -> None:
    status = written(message, exit_code)
    if status is None:
        return
    problems = [f"{'.'.join(map(str, it.path))}: {it.message}" for it in STATUS.iter_errors(status)]
    assert problems == []
    assert [text for text in texts(status) if not text.isprintable()] == []


@given(messages())
def test_what_is_read_of_a_message_can_be_told_again(message: str) -> None:
    with suppress(MalformedMessageError):
        result = decode_result(message)
        assert decode_result(encode_result(result)).outputs == result.outputs


def test_a_result_with_all_its_parts_is_stored() -> None:
    """The tests above would pass if nothing were ever written."""
    status = written(encode_result(make_result()), 0)
    assert status is not None
    assert status["phase"] == "Succeeded"
