"""Durations are read as Kubernetes writes them."""

import pytest

from kubeshot_contract.durations import parse_milliseconds


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("0s", 0),
        ("500ms", 500),
        ("1m30s", 90_000),
        ("1h2m3s4ms", 3_723_004),
        ("0.25s", 250),
        ("1.5m", 90_000),
        ("30s1m", 90_000),
        ("999999999h", 3_599_999_996_400_000),
    ],
)
def test_a_duration_is_read(text: str, milliseconds: int) -> None:
    assert parse_milliseconds(text) == milliseconds


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("10", id="no unit"),
        pytest.param("s", id="no number"),
        pytest.param("1d", id="days"),
        pytest.param("-1s", id="below zero"),
        pytest.param("1.s", id="a point and no digits"),
        pytest.param(".5s", id="no digits and a point"),
        pytest.param("1 s", id="a space"),
        pytest.param("1s\n", id="a new line"),
        pytest.param("1us", id="microseconds"),
        pytest.param(f"{'9' * 400}s", id="a number beyond all numbers"),
        pytest.param("\uff11s", id="a digit of another script"),
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 500ms or 1m30s"):
        parse_milliseconds(text)
