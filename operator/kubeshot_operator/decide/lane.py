"""The requests of one namespace and class that wait for the same thing, and among them those of each host.

All requests of a lane and a host are held up by the same limits, so that nobody has to be asked but the first of each.
"""

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from itertools import islice

from kubeshot_operator.api.limits import Share
from kubeshot_operator.api.model import Key, Pool
from kubeshot_operator.decide.line import Line, Standing


class Want(Enum):
    """What a request waits for."""

    OWN_POD = auto()
    """A pod of its own."""
    PLACE = auto()
    """A place in a warm pod that is there."""
    WARM_POD = auto()
    """A warm pod for its pool, which counts as a pod and not as a capture."""

    @property
    def is_pod(self) -> bool:
        """Whether a pod has to be created for it."""
        return self is not Want.PLACE

    @property
    def is_capture(self) -> bool:
        """Whether a capture begins with it."""
        return self is not Want.WARM_POD


@dataclass(frozen=True, slots=True)
class Lane:
    """Names a lane."""

    pool: Pool
    want: Want


@dataclass(frozen=True, slots=True)
class Waiter:
    """A request that waits for one thing since a moment."""

    key: Key
    share: Share
    want: Want
    priority: int
    since: datetime

    @property
    def lane(self) -> Lane:
        """The lane that it waits in."""
        return Lane(Pool(self.share.namespace, self.share.class_name), self.want)

    @property
    def standing(self) -> Standing:
        """Its standing in every line."""
        return -self.priority, self.since, self.key


class LaneLine:
    """The requests of a lane in one line, and in a line for each host."""

    def __init__(self) -> None:
        self.all = Line()
        self._hosts: dict[str, Line] = {}
        self._heads: list[tuple[Standing, str]] = []

    def join(self, waiter: Waiter) -> None:
        """Have a request wait that does not yet."""
        self.all.join(waiter.standing)
        self._change(waiter.share.host, lambda line: line.join(waiter.standing))

    def leave(self, waiter: Waiter) -> None:
        """Have a request wait no longer."""
        self.all.leave(waiter.standing)
        self._change(waiter.share.host, lambda line: line.leave(waiter.standing))

    def first(self, is_open: Callable[[str], bool]) -> Standing | None:
        """Return the first request of a host that is open; no more hosts are closed than the class has captures."""
        return next((standing for standing, host in self._heads if is_open(host)), None)

    def heads(self, count: int, is_open: Callable[[str], bool]) -> list[Standing]:
        """Return the first so many of the hosts that are open."""
        # The first n of all are of the n hosts that come first.
        hosts = islice((host for _, host in self._heads if is_open(host)), max(0, count))
        return sorted(standing for host in hosts for standing in self._hosts[host].heads(count))[:count]

    def _change(self, host: str, change: Callable[[Line], None]) -> None:
        line = self._hosts.setdefault(host, Line())
        before = line.first
        change(line)
        if line.first == before:
            return
        if before is not None:
            del self._heads[bisect_left(self._heads, (before, host))]
        if line.first is not None:
            insort(self._heads, (line.first, host))
        else:
            del self._hosts[host]
