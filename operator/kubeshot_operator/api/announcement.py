"""A Kubernetes Event about a request, before it is one."""

from dataclasses import dataclass
from enum import StrEnum


class EventType(StrEnum):
    """The type of a Kubernetes Event."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True)
class Announcement:
    """One Event about a request."""

    type: EventType
    reason: str
    message: str
