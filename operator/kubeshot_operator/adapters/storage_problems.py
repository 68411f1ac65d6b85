"""What is wrong with a bucket, in one sentence that says what to do."""

import ssl

from minio.error import InvalidResponseError, S3Error
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    ResponseError,
)

from kubeshot_operator.api.capture_class import Storage

_CREDENTIAL_CODES = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "Forbidden")


def describe(storage: Storage, error: Exception) -> str:
    """Return one sentence that says what is wrong with a bucket and what to do."""
    place = f"bucket {storage.bucket} at {storage.endpoint}"
    if isinstance(error, S3Error) and error.code in _CREDENTIAL_CODES:
        return (
            f"{place}: the server refuses the credentials ({error.code}): check Secret {storage.credentials_secret} "
            "in the operator's namespace, and that they may list, read, write and delete in the bucket"
        )
    if isinstance(error, S3Error):
        return f"{place}: the server answers {error.code}: {error.message}"
    if isinstance(error, InvalidResponseError):
        return f"{place}: the answer is not that of an S3 server: check the class's endpoint"
    if isinstance(error, ssl.SSLError) or "SSLError" in repr(error):
        return f"{place}: TLS fails: check the class's caBundle ({error})"
    return f"{place} cannot be reached: {_network_problem(error)}"


def _network_problem(error: Exception) -> str:
    """Return what the network did, in the words of people; urllib3 wraps it in its own retries."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
    match cause:
        case NameResolutionError():
            return "the host's name does not resolve"
        case NewConnectionError():
            # "… Failed to establish a new connection: [Errno 111] Connection refused"
            return str(cause).rpartition("] ")[2].lower()
        case ConnectTimeoutError() | ReadTimeoutError():
            return "it does not answer"
        case ResponseError():
            return "it answers with server errors"
        case _:
            return f"{type(cause).__name__}: {cause}"
