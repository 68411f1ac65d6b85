"""Computed names are valid, different for different things, and always the same for the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeshot_operator.decide.naming import label_value, object_key, pod_name
from unit.contract.make import raw_spec
from unit.operator.builders import UID, make_class, make_request

DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
DNS_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL_VALUE = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
NAMES = st.from_regex(DNS_NAME, fullmatch=True).filter(lambda name: len(name) <= 253)


def test_pod_is_named_after_its_request_run_and_attempt() -> None:
    assert pod_name(make_request(generation=3), run=4, attempt=2) == "shot-5f2c0-3-4-2"


@given(NAMES, st.integers(1, 9999), st.integers(1, 9999), st.integers(1, 16))
def test_pod_name_is_valid_and_short(name: str, generation: int, run: int, attempt: int) -> None:
    named = pod_name(make_request(name=name, generation=generation), run, attempt)
    assert len(named) <= 63
    assert DNS_NAME.fullmatch(named)


@pytest.mark.parametrize("length", [36, 37, 253])
def test_long_names_with_a_common_beginning_stay_apart(length: int) -> None:
    names = ["a" * (length - 1) + last for last in "bc"]
    assert len({pod_name(make_request(name=name), 1, 1) for name in names}) == 2


def test_cut_before_a_dot_leaves_a_valid_name() -> None:
    named = pod_name(make_request(name="a" * 26 + "..."[:1] + "b" * 40), 1, 1)
    assert DNS_NAME.fullmatch(named)


@given(NAMES)
def test_label_value_is_valid(name: str) -> None:
    value = label_value(name)
    assert len(value) <= 63
    assert LABEL_VALUE.fullmatch(value)
    assert value == name or len(name) > 63


def test_key_is_the_filled_template() -> None:
    storage = make_class().storage
    request = make_request(spec=raw_spec(storage={"keyPrefix": "marketing/"}))
    assert request.spec is not None
    assert (
        object_key(storage, request, 7, request.spec.page.outputs[0]) == f"team/marketing/shot/{UID}/7/screenshot.png"
    )


def test_every_placeholder_is_replaced_everywhere() -> None:
    names = ("namespace", "prefix", "name", "uid", "run", "output", "extension")
    template = "/".join("{" + name + "}-{" + name + "}" for name in names)
    request = make_request()
    assert request.spec is not None
    key = object_key(make_class({"keyTemplate": template}).storage, request, 1, request.spec.page.outputs[0])
    assert "{" not in key
    assert key.count("shot-shot") == 1


def test_keys_of_outputs_and_runs_stay_apart() -> None:
    outputs = [{"name": name, "format": form} for name in "ab" for form in ("PNG", "JPEG")]
    request = make_request(spec=raw_spec(outputs=outputs))
    assert request.spec is not None
    keys = {
        object_key(make_class().storage, request, run, item) for run in (1, 2) for item in request.spec.page.outputs
    }
    assert len(keys) == 8
