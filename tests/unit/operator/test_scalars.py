"""Quantities, durations and times mean what Kubernetes means by them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kubernetes.utils.quantity import parse_quantity

from kubeshot_operator.api.scalars import (
    format_bytes,
    format_duration,
    format_instant,
    format_time,
    parse_bytes,
    parse_duration,
    parse_time,
)

SUFFIXES = ["", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("768Mi", 768 * 2**20),
        ("2Gi", 2 * 2**30),
        ("1.5Gi", 3 * 2**29),
        ("500M", 500_000_000),
        ("1000000", 1_000_000),
        ("1e3", 1000),
        ("1E", 10**18),
        ("1500m", 1),
        (" 5Ki ", 5120),
    ],
)
def test_quantity_in_bytes(text: str, count: int) -> None:
    assert parse_bytes(text) == count


@given(st.decimals(min_value=0, max_value=9999, places=3), st.sampled_from(SUFFIXES))
def test_quantity_is_what_the_official_client_says(number: Decimal, suffix: str) -> None:
    oracle = parse_quantity(f"{number}{suffix}")  # type: ignore[no-untyped-call] # the client has no types here
    assert parse_bytes(f"{number}{suffix}") == int(oracle)


@pytest.mark.parametrize("text", ["", "Mi", "12XB", "1.2.3", "."], ids=["empty", "no number", "unit", "dots", "dot"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a Kubernetes quantity"):
        parse_bytes(text)


@given(st.integers(min_value=0, max_value=1 << 50))
def test_written_quantity_holds_at_least_the_bytes_and_less_than_a_mebibyte_more(count: int) -> None:
    assert 0 <= parse_bytes(format_bytes(count)) - count < 2**20


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("30s", 30), ("2m", 120), ("1m30s", 90), ("1.5h", 5400), ("0s", 0), ("1h1m1s1ms", 3661.001)],
)
def test_duration(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "s", "5d", "-5s", "5s ", "1m 5s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0s"),
        (3.21, "3.2s"),
        (59.94, "59.9s"),
        (59.97, "1m00s"),
        (65, "1m05s"),
        (300, "5m00s"),
        (7380, "2h03m"),
    ],
)
def test_duration_as_people_read_it(seconds: float, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


def test_time_of_another_zone_is_told_in_utc() -> None:
    assert parse_time("2026-01-01T14:00:00+02:00") == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert format_time(datetime(2026, 1, 1, 14, tzinfo=timezone(timedelta(hours=2)))) == "2026-01-01T12:00:00Z"


@pytest.mark.parametrize("text", ["2026-01-01T12:00:00Z", "2026-01-01T12:00:00.000000Z", "2026-01-01T12:00:00.0Z"])
def test_time_with_and_without_fractions_is_read(text: str) -> None:
    assert parse_time(text) == datetime(2026, 1, 1, 12, tzinfo=UTC)


@given(MOMENTS)
def test_instant_keeps_the_milliseconds(moment: datetime) -> None:
    assert timedelta(0) <= moment - parse_time(format_instant(moment)) < timedelta(milliseconds=1)


@given(MOMENTS)
def test_written_time_is_to_the_second(moment: datetime) -> None:
    assert parse_time(format_time(moment)) == moment.replace(microsecond=0)
