"""Kubernetes' text forms of single values: quantities (`768Mi`), durations (`1m30s`) and times."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from kubeshot_contract.durations import parse_milliseconds

_SUFFIXES: Final = {
    "": Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}
_QUANTITY: Final = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)")
_MEBIBYTE: Final = 2**20


def parse_bytes(quantity: str) -> int:
    """Return a quantity of memory in bytes, rounded down; raise `ValueError` when it is none."""
    match = _QUANTITY.fullmatch(quantity.strip())
    if match is None or match[2] not in _SUFFIXES:
        raise ValueError(f"{quantity!r} is not a Kubernetes quantity, such as 768Mi")
    try:
        return int(Decimal(match[1]) * _SUFFIXES[match[2]])
    except InvalidOperation as error:
        raise ValueError(f"{quantity!r} is not a Kubernetes quantity, such as 768Mi") from error


def format_bytes(count: int) -> str:
    """Return bytes as a quantity in whole mebibytes, rounded up."""
    return f"{-(-count // _MEBIBYTE)}Mi"


def parse_duration(text: str) -> timedelta:
    """Return a duration such as `500ms` or `1m30s`, to the millisecond; raise `ValueError` when it is none."""
    return timedelta(milliseconds=parse_milliseconds(text))


def format_duration(duration: timedelta) -> str:
    """Return a duration as people read it: `3.2s`, `1m05s`, `2h03m`."""
    seconds = duration.total_seconds()
    if round(seconds, 1) < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02d}s" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02d}m"


def parse_time(text: str) -> datetime:
    """Return a Kubernetes timestamp as an aware datetime in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def format_time(moment: datetime) -> str:
    """Return a time as Kubernetes writes it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_instant(moment: datetime) -> str:
    """Return a time to the millisecond, so that durations can be computed from stored times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
