"""What is said of a Secret that does not give the bucket's credentials; no server is needed for that."""

import asyncio
from collections.abc import Mapping

import pytest

from kubeshot_operator.adapters.errors import GoneError, RefusedError
from kubeshot_operator.adapters.storage import S3Storage
from kubeshot_operator.api.bucket import BucketUnavailable
from unit.operator.builders import make_class


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (GoneError("not found"), "is not in the operator's namespace: create it"),
        (RefusedError(403, "secrets is forbidden"), "cannot be read: secrets is forbidden; let the operator get it"),
    ],
    ids=["missing", "forbidden"],
)
def test_secret_that_cannot_be_read_is_named(error: Exception, told: str) -> None:
    async def read(_: str) -> Mapping[str, str]:
        raise error

    answer = asyncio.run(S3Storage(read, lambda: 0.0).check(make_class().storage))
    assert isinstance(answer, BucketUnavailable)
    assert answer.message.endswith(told)
