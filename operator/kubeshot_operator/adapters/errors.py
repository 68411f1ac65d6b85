"""What can go wrong outside, one class per thing to do next."""

from kubeshot_operator.api import crd


class UnavailableError(Exception):
    """The API server did not answer, or not as it should: try again later."""


class NotInstalledError(UnavailableError):
    """The API server doesn't know a kind of ours: try again later, since somebody has to install its CRD."""

    def __init__(self, resource: str) -> None:
        super().__init__(f"the CRD {resource}.{crd.GROUP} is not installed: kubectl apply -k crds")


class ExpiredError(Exception):
    """The API server no longer knows what has changed since that version: list anew."""


class ConflictError(Exception):
    """The object has changed since it was read: look again before writing."""


class GoneError(Exception):
    """The object is not there."""


class NameTakenError(Exception):
    """An object of this name exists already."""


class RefusedError(Exception):
    """The API server understood and said no; `status` is its HTTP status and the message its own sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
