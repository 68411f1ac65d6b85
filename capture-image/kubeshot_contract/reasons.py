"""Why a capture or a request did not succeed: one stable word each, with its exit code."""

from enum import IntEnum, StrEnum


class Reason(StrEnum):
    """A stable word for a failure or a wait, as it appears in conditions, attempts and events."""

    INVALID_REQUEST = "InvalidRequest"
    CLASS_NOT_FOUND = "ClassNotFound"
    NAMESPACE_NOT_ALLOWED = "NamespaceNotAllowed"
    BLOCKED_BY_POLICY = "BlockedByPolicy"
    NAME_NOT_RESOLVED = "NameNotResolved"
    CONNECTION_FAILED = "ConnectionFailed"
    TLS_FAILED = "TLSFailed"
    NAVIGATION_TIMEOUT = "NavigationTimeout"
    HTTP_ERROR = "HTTPError"
    UNSUPPORTED_CONTENT = "UnsupportedContent"
    CHALLENGE_PAGE = "ChallengePage"
    SELECTOR_NOT_FOUND = "SelectorNotFound"
    ACTION_FAILED = "ActionFailed"
    SCRIPT_FAILED = "ScriptFailed"
    NOT_SETTLED = "NotSettled"
    BLANK_IMAGE = "BlankImage"
    PAGE_TOO_LARGE = "PageTooLarge"
    RENDERER_CRASHED = "RendererCrashed"
    OUT_OF_MEMORY = "OutOfMemory"
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    QUEUE_DEADLINE_EXCEEDED = "QueueDeadlineExceeded"
    UPLOAD_FAILED = "UploadFailed"
    STORAGE_UNAVAILABLE = "StorageUnavailable"
    IMAGE_PULL_FAILED = "ImagePullFailed"
    POD_REJECTED = "PodRejected"
    EVICTED = "Evicted"
    POD_LOST = "PodLost"
    UNSCHEDULABLE = "Unschedulable"
    QUOTA_EXCEEDED = "QuotaExceeded"
    SANDBOX_UNAVAILABLE = "SandboxUnavailable"
    UNREADABLE_RESULT = "UnreadableResult"
    SUSPENDED = "Suspended"
    INTERNAL_ERROR = "InternalError"


class ExitCode(IntEnum):
    """The exit codes of a capture; any other code means that something outside it ended the process."""

    SUCCEEDED = 0
    INTERNAL_ERROR = 1
    INVALID_REQUEST = 2
    NAME_NOT_RESOLVED = 10
    CONNECTION_FAILED = 11
    TLS_FAILED = 12
    NAVIGATION_TIMEOUT = 13
    HTTP_ERROR = 14
    UNSUPPORTED_CONTENT = 15
    CHALLENGE_PAGE = 16
    BLOCKED_BY_POLICY = 17
    SELECTOR_NOT_FOUND = 20
    ACTION_FAILED = 21
    SCRIPT_FAILED = 22
    NOT_SETTLED = 23
    BLANK_IMAGE = 24
    PAGE_TOO_LARGE = 25
    RENDERER_CRASHED = 30
    DEADLINE_EXCEEDED = 31
    SANDBOX_UNAVAILABLE = 32
    OUT_OF_MEMORY = 33
    UPLOAD_FAILED = 40


_RETRYABLE = frozenset(
    {
        Reason.NAME_NOT_RESOLVED,
        Reason.CONNECTION_FAILED,
        Reason.NAVIGATION_TIMEOUT,
        Reason.BLANK_IMAGE,
        Reason.RENDERER_CRASHED,
        Reason.OUT_OF_MEMORY,
        Reason.DEADLINE_EXCEEDED,
        Reason.UPLOAD_FAILED,
        Reason.STORAGE_UNAVAILABLE,
        Reason.EVICTED,
        Reason.POD_LOST,
        Reason.UNREADABLE_RESULT,
        Reason.INTERNAL_ERROR,
    }
)

# Statuses by which a server asks to be asked again (RFC 9110 and RFC 6585), besides all of 5xx.
_RETRYABLE_HTTP_STATUSES = frozenset({408, 425, 429})


def exit_code_of(reason: Reason) -> ExitCode:
    """Return the exit code a capture ends with for this reason; `INTERNAL_ERROR` for reasons that it never reports."""
    return ExitCode.__members__.get(reason.name, ExitCode.INTERNAL_ERROR)


def reason_of(exit_code: int) -> Reason | None:
    """Return the reason behind a capture's exit code, `None` for success and for codes that are not ours."""
    name = next((code.name for code in ExitCode if code == exit_code), None)
    return Reason.__members__.get(name) if name else None


def is_retryable(reason: Reason, http_status: int | None = None) -> bool:
    """Say whether trying again may help: an `HTTPError` is judged by its status, everything else by its reason."""
    if reason is Reason.HTTP_ERROR:
        return http_status is not None and (http_status >= 500 or http_status in _RETRYABLE_HTTP_STATUSES)
    return reason in _RETRYABLE
