"""Writes docs/options.md from the cases: `PYTHONPATH=tests:cli:capture-image python -m zoo.options_table`."""

from collections.abc import Iterable
from pathlib import Path

from zoo.case import Case, Complaint
from zoo.catalogue import CASES
from zoo.schema_fields import page_fields

DOCUMENT = Path(__file__).parents[2] / "docs" / "options.md"

_HEAD = """# Options, and the tests that prove them

Made from the cases in `tests/zoo` by `python -m zoo.options_table`; do not edit. Each line is a request that is
captured in the real image: the test fails when the field is ignored. Pages are the zoo's: `make zoo-serve` shows them.

| field below spec | what the test proves | page |
|---|---|---|
"""
_COMPLAINTS = """
## What people complain about

| complaint | what the test proves | page |
|---|---|---|
"""
_REASONS = """
## Reasons, and pages that produce them

| reason | what the test proves | page |
|---|---|---|
"""


def document() -> str:
    """Return the text of the document."""
    fields = ((f"`{field}`", case) for field in page_fields() for case in CASES if field in case.fields)
    complaints = [(complaint.value, case) for complaint in Complaint for case in CASES if complaint in case.complaints]
    return _HEAD + _rows(fields) + _COMPLAINTS + _rows(complaints) + _REASONS + _rows(_reasons())


def _reasons() -> list[tuple[str, Case]]:
    found = [(f"`{case.reason}`", case) for case in CASES if case.reason]
    return sorted(found, key=lambda pair: (pair[0], pair[1].name))


def _rows(lines: Iterable[tuple[str, Case]]) -> str:
    return "".join(f"| {first} | {case.proves} | {_page(case)} |\n" for first, case in lines)


def _page(case: Case) -> str:
    return f"`{case.page}`" if case.page else "its own text"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
