"""No field, no complaint, no reason and no page is without a case."""

from collections import Counter

from kubeshot_contract.reasons import Reason
from zoo.case import Complaint
from zoo.catalogue import CASES, COMPLAINTS_ELSEWHERE, REASONS_ELSEWHERE
from zoo.options_table import DOCUMENT, document
from zoo.runners.locally import REPOSITORY
from zoo.schema_fields import page_fields
from zoo.site.catalogue import EXHIBITS, pages


def test_every_field_of_a_page_has_a_case() -> None:
    proved = {field for case in CASES for field in case.fields}
    assert [field for field in page_fields() if field not in proved] == []


def test_no_case_is_about_a_field_that_is_not_there() -> None:
    assert {field for case in CASES for field in case.fields} - set(page_fields()) == set()


def test_every_complaint_has_a_case() -> None:
    shown = {complaint for case in CASES for complaint in case.complaints}
    assert set(Complaint) - shown == set(COMPLAINTS_ELSEWHERE)


def test_what_is_shown_elsewhere_is_there() -> None:
    assert [path for path in COMPLAINTS_ELSEWHERE.values() if not (REPOSITORY / path).is_file()] == []


def test_every_reason_of_a_page_has_a_case() -> None:
    produced = {case.reason for case in CASES if case.reason}
    assert set(Reason) - produced == REASONS_ELSEWHERE


def test_names_of_cases_are_names_of_kubernetes_and_each_is_there_once() -> None:
    names = Counter(case.name for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if not name.replace("-", "").isalnum() or len(name) > 40] == []


def test_every_page_of_a_case_is_in_the_zoo() -> None:
    paths = {exhibit.path for exhibit in EXHIBITS}
    asked = {case.page.removeprefix("@tls").partition("?")[0] for case in CASES if case.page}
    assert {page for page in asked if page.startswith("/")} - paths == set()


def test_every_page_of_the_zoo_has_a_case() -> None:
    asked = {case.page.removeprefix("@tls").partition("?")[0] for case in CASES}
    # Others lead there.
    assert {exhibit.path for exhibit in pages()} - asked == set()


def test_the_table_of_options_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run python -m zoo.options_table with PYTHONPATH=tests"
