"""The one way in which a capture fails on purpose."""

from kubeshot_contract.reasons import Reason, is_retryable
from kubeshot_contract.result import Failure


class CaptureError(Exception):
    """The attempt ends here, with this reason and this sentence. `retryable` overrides what the reason implies."""

    def __init__(
        self, reason: Reason, message: str, *, http_status: int | None = None, retryable: bool | None = None
    ) -> None:
        super().__init__(message)
        self.failure = Failure(reason, message, is_retryable(reason, http_status) if retryable is None else retryable)

    @property
    def reason(self) -> Reason:
        """The word for what went wrong."""
        return self.failure.reason
