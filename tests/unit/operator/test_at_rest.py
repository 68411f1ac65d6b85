"""Which requests can be left alone; read from the raw object and from the parsed one it is the same."""

from datetime import timedelta
from typing import Any

import pytest

from kubeshot_operator.api import crd
from kubeshot_operator.api.bucket import RunKeys
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Status
from kubeshot_operator.api.outline import outcome_of, outline_of, parse_outcome, parse_outline
from kubeshot_operator.api.parse import parse_request
from kubeshot_operator.api.parse_status import render_status
from kubeshot_operator.decide.at_rest import is_at_rest
from kubeshot_operator.decide.status import Writer
from unit.contract.make import raw_spec
from unit.operator.builders import NOW, after, make_status, raw_request

DONE = make_status(Phase.SUCCEEDED, completion_time=NOW)
LEFT = make_status(Phase.FAILED, uploads=(RunKeys(1, "default", ("a/key",)),))
HELD = {"finalizers": [crd.STORED_IMAGES_FINALIZER]}
ASKED = {"annotations": {crd.REQUESTED_AT_ANNOTATION: "now"}}
KEPT = Writer(1, NOW).kept(DONE, "Tracked", "Argo CD would create it again")
TO_DELETE = raw_spec(retention="Delete")

CASES: list[tuple[str, Status, dict[str, Any], dict[str, Any], bool]] = [
    ("succeeded", DONE, {}, {}, True),
    ("failed", make_status(Phase.FAILED), {}, {}, True),
    ("captures", make_status(Phase.CAPTURING), {}, {}, False),
    ("is suspended", make_status(Phase.SUSPENDED), {}, {}, False),
    ("has another spec by now", DONE, {"generation": 2}, {}, False),
    ("is asked for again", DONE, ASKED, {}, False),
    ("was asked for again", make_status(Phase.SUCCEEDED, requested_at="now"), ASKED, {}, True),
    ("is being deleted", DONE, {"deletionTimestamp": "2026-01-01T12:00:00Z"}, {}, False),
    ("left something in the bucket", LEFT, {}, {}, False),
    ("is kept beyond its time", KEPT, {}, {}, False),
    ("is held for its images", DONE, HELD, TO_DELETE, True),
    ("is to be held", DONE, {}, TO_DELETE, False),
    ("is held no more", DONE, HELD, {}, False),
]


@pytest.mark.parametrize(
    ("status", "metadata", "spec", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_request_that_is_over_and_changes_no_more_is_at_rest(
    status: Status, metadata: dict[str, Any], spec: dict[str, Any], expected: bool
) -> None:
    body = raw_request(spec or None, render_status(status), **metadata)
    request = parse_request(body)
    assert is_at_rest(outline_of(request), outcome_of(request)) is expected
    assert (parse_outline(body), parse_outcome(body)) == (outline_of(request), outcome_of(request))


def test_its_time_to_live_is_told() -> None:
    body = raw_request(raw_spec(ttlAfterFinished="1h"), render_status(DONE))
    assert parse_outcome(body).expires == after(timedelta(hours=1).total_seconds())
    assert outcome_of(parse_request(body)).expires == parse_outcome(body).expires
