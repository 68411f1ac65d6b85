"""How many captures there are, counted in the ways that a class limits them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.limits import Share

NameT = TypeVar("NameT", str, tuple[str, str])


class Tally:
    """Captures of each class: all, those in each namespace, and those of each host."""

    def __init__(self) -> None:
        self._of_class: Counter[str] = Counter()
        self._in_namespace: Counter[tuple[str, str]] = Counter()
        self._of_host: Counter[tuple[str, str]] = Counter()

    def add(self, share: Share) -> None:
        """Count a capture."""
        self._of_class[share.class_name] += 1
        self._in_namespace[share.class_name, share.namespace] += 1
        self._of_host[share.class_name, share.host] += 1

    def remove(self, share: Share) -> None:
        """Count a capture no longer."""
        _decrease(self._of_class, share.class_name)
        _decrease(self._in_namespace, (share.class_name, share.namespace))
        _decrease(self._of_host, (share.class_name, share.host))

    def of_class(self, name: str) -> int:
        """Return how many there are of a class."""
        return self._of_class[name]

    def in_namespace(self, class_name: str, namespace: str) -> int:
        """Return how many there are of a class in a namespace."""
        return self._in_namespace[class_name, namespace]

    def of_host(self, class_name: str, host: str) -> int:
        """Return how many there are of a class and a host; pages without a host are never too many of one."""
        return self._of_host[class_name, host] if host else 0


@dataclass(frozen=True, slots=True)
class Load:
    """What runs at one moment, and what the classes allow.

    `live_pods` counts those that have not ended, `pods` the same by namespace; `captures` are those in pods of their
    own and in warm ones.
    """

    live_pods: int
    pods: Mapping[str, int]
    captures: Tally
    classes: Mapping[str, CaptureClass]
    now: datetime


def _decrease(counter: Counter[NameT], name: NameT) -> None:
    counter[name] -= 1
    if not counter[name]:
        del counter[name]
