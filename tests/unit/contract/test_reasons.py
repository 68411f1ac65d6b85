"""Each reason of a capture has an exit code, and the operator can read it back."""

import pytest

from kubeshot_contract.reasons import ExitCode, Reason, exit_code_of, is_retryable, reason_of


@pytest.mark.parametrize("code", [code for code in ExitCode if code is not ExitCode.SUCCEEDED])
def test_exit_codes_and_reasons_map_to_each_other(code: ExitCode) -> None:
    reason = reason_of(code)
    assert reason is not None
    assert exit_code_of(reason) is code


@pytest.mark.parametrize("code", [pytest.param(0, id="success"), pytest.param(137, id="killed"), 3])
def test_other_exit_codes_have_no_reason(code: int) -> None:
    assert reason_of(code) is None


def test_a_reason_that_no_capture_reports_ends_as_an_internal_error() -> None:
    assert exit_code_of(Reason.UNSCHEDULABLE) is ExitCode.INTERNAL_ERROR


@pytest.mark.parametrize(
    ("reason", "status", "retryable"),
    [
        (Reason.HTTP_ERROR, 404, False),
        (Reason.HTTP_ERROR, 401, False),
        (Reason.HTTP_ERROR, 408, True),
        (Reason.HTTP_ERROR, 425, True),
        (Reason.HTTP_ERROR, 429, True),
        (Reason.HTTP_ERROR, 500, True),
        (Reason.HTTP_ERROR, 503, True),
        (Reason.HTTP_ERROR, None, False),
        (Reason.TLS_FAILED, None, False),
        (Reason.NAME_NOT_RESOLVED, None, True),
        (Reason.OUT_OF_MEMORY, None, True),
        (Reason.UNSUPPORTED_CONTENT, 200, False),
    ],
)
def test_what_may_be_better_next_time_is_tried_again(reason: Reason, status: int | None, retryable: bool) -> None:
    assert is_retryable(reason, status) is retryable
