"""What goes over a wire: calls, their answers, and rules that come between the two."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kubeshot_contract.dispatch import CLAIM_PATH, RESULT_PATH
from kubeshot_operator.api.api_call import read_call

_DISPATCH = {CLAIM_PATH: "claim", RESULT_PATH: "report"}


class System(StrEnum):
    """Whom the operator speaks to, or is spoken to by."""

    API = "api server"
    STORAGE = "storage"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True)
class Call:
    """`name` is a verb and what it is about, such as `create pods`; `caller` is the token of whoever calls.

    `path` says whose it is: a namespace or a bucket is in it.
    """

    name: str
    caller: str = ""
    path: str = ""

    @property
    def is_watch(self) -> bool:
        """Whether the answer goes on for as long as somebody listens."""
        return self.name.startswith("watch ")


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back; `stream` is there instead of a body where the answer goes on."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: AsyncIterator[bytes] | None = None


class DroppedError(Exception):
    """The connection breaks off without an answer."""


Onward = Callable[[], Awaitable[Answer]]
"""Passes a call on, over the other rules to the real system."""

Rule = Callable[[Call, Onward], Awaitable[Answer]]
"""Passes a call on or does not, before or after something else; raises `DroppedError` to break the connection off."""


def name_call(system: System, method: str, path: str, query: Mapping[str, str]) -> str:
    """Return the name of a call."""
    if system is System.API:
        return " ".join(read_call(method, path, query))
    if system is System.DISPATCH:
        return _DISPATCH.get(path, "other")
    is_object = len([part for part in path.split("/") if part]) > 1
    return f"{method.lower()} {'object' if is_object else 'bucket'}"
