"""All cases, and what of the product none of them is about."""

from kubeshot_contract.reasons import Reason
from zoo.case import Case, Complaint
from zoo.cases import (
    clicking,
    complaints,
    delivering,
    documents,
    doors,
    emulating,
    golden,
    idling,
    letters,
    preparing,
    requesting,
    sizes,
    waiting,
)

CASES: tuple[Case, ...] = (
    *emulating.CASES,
    *requesting.CASES,
    *clicking.CASES,
    *preparing.CASES,
    *waiting.CASES,
    *delivering.CASES,
    *documents.CASES,
    *idling.CASES,
    *sizes.CASES,
    *letters.CASES,
    *doors.CASES,
    *complaints.CASES,
    *golden.CASES,
)
BY_NAME = {case.name: case for case in CASES}

# A complaint that no page can show, and the test that does.
COMPLAINTS_ELSEWHERE = {Complaint.ZOMBIES: "tests/integration/capture/test_process.py"}

# What comes of the cluster, the class or the bucket, not of a page: the tests of the operator have these.
REASONS_ELSEWHERE = frozenset(
    {
        Reason.CLASS_NOT_FOUND,
        Reason.NAMESPACE_NOT_ALLOWED,
        Reason.QUEUE_DEADLINE_EXCEEDED,
        Reason.UPLOAD_FAILED,
        Reason.STORAGE_UNAVAILABLE,
        Reason.IMAGE_PULL_FAILED,
        Reason.POD_REJECTED,
        Reason.EVICTED,
        Reason.POD_LOST,
        Reason.UNSCHEDULABLE,
        Reason.QUOTA_EXCEEDED,
        Reason.SANDBOX_UNAVAILABLE,
        Reason.UNREADABLE_RESULT,
        Reason.SUSPENDED,
        Reason.INTERNAL_ERROR,
        # Until captures are kept from private addresses no page can be blocked by policy.
        Reason.BLOCKED_BY_POLICY,
    }
)
