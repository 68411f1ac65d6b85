"""How much memory pages of a host needed lately, so that the next capture of one need not run out of it first.

It is kept in memory only: an operator that starts anew learns it again, at the price of an attempt for each host.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.limits import Share, host_of
from kubeshot_operator.api.model import Attempt, ScreenshotRequest
from kubeshot_operator.decide.attempts import next_memory

# Pages change: what nobody needed for so long is tried with less again.
REMEMBERED = timedelta(hours=6)
# 1,000 hosts are 0.4 MB.
MOST_HOSTS = 1000


@dataclass(frozen=True, slots=True)
class _Need:
    limit: int
    last: datetime


class HostMemory:
    """Limits by class, namespace and host: what a namespace captures says nothing of the pages of others."""

    def __init__(self) -> None:
        self._needs: OrderedDict[Share, _Need] = OrderedDict()

    def __len__(self) -> int:
        return len(self._needs)

    def limit_for(self, request: ScreenshotRequest, class_name: str, now: datetime) -> int | None:
        """Return the limit in bytes that pages of a request's host needed, `None` when the class's own was enough."""
        if not self._needs or request.spec is None:
            return None
        need = self._needs.get(_share(request, class_name))
        return None if need is None or now - need.last > REMEMBERED else need.limit

    def learn(
        self, request: ScreenshotRequest, ended: tuple[Attempt, ...], capture_class: CaptureClass, now: datetime
    ) -> None:
        """Take in what attempts of a request needed that have ended just now."""
        if request.spec is None:
            return
        share = _share(request, capture_class.name)
        for attempt in ended:
            # A page that shared its pod may have run out of memory for another.
            if share.host and attempt.memory_limit is not None:
                self._learn(share, attempt, capture_class, now)

    def _learn(self, share: Share, attempt: Attempt, capture_class: CaptureClass, now: datetime) -> None:
        known = self._needs.get(share)
        if attempt.reason is Reason.OUT_OF_MEMORY:
            limit = next_memory(attempt, capture_class)
            self._put(share, _Need(max(limit, known.limit if known else 0), now))
        elif known is not None and (attempt.peak_memory or 0) > capture_class.pod.memory:
            self._put(share, _Need(known.limit, now))

    def _put(self, share: Share, need: _Need) -> None:
        self._needs[share] = need
        self._needs.move_to_end(share)
        if len(self._needs) > MOST_HOSTS:
            self._needs.popitem(last=False)


def _share(request: ScreenshotRequest, class_name: str) -> Share:
    assert request.spec is not None, "only a request that can be read has a page"
    return Share(class_name, request.key.namespace, host_of(request.spec.page))
