"""A LIST of requests and pods as values, and how what it tells compares with what is known."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.runtime.pod_index import OurPod
from kubeshot_operator.runtime.shelf import Shelf


class Versioned(Protocol):
    """An object of the cluster, of one version."""

    @property
    def uid(self) -> str: ...
    @property
    def resource_version(self) -> str: ...


Object = TypeVar("Object", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Listing:
    """All capture pods at one moment, and the requests that are not at rest; nothing after `resource_version` is in it.

    `shelf` has those that are; without it only requests that have not ended were listed.
    """

    resource_version: int
    requests: tuple[ScreenshotRequest, ...]
    pods: tuple[OurPod, ...]
    shelf: Shelf | None = None


def is_newer(item: Object, known: Object | None) -> bool:
    """Say whether this version of an object is newer than the known one."""
    return known is None or int(item.resource_version) > int(known.resource_version)


def is_before(item: Versioned, listed: Listing) -> bool:
    """Say whether an object would be in the LIST if it still existed: it is not younger than the LIST."""
    return int(item.resource_version) <= listed.resource_version


def tells_more(request: ScreenshotRequest, known: ScreenshotRequest | None) -> bool:
    """Say whether a request is newer, or has the defaults that it lacked: a new CRD changes no version."""
    if known is None or int(request.resource_version) != int(known.resource_version):
        return is_newer(request, known)
    return known.lacks_defaults and not request.lacks_defaults
