"""Writes what was decided into the status of a request, and tells all who have to know of it."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from kubeshot_operator.adapters.errors import ConflictError, GoneError, RefusedError, UnavailableError
from kubeshot_operator.api.announcement import Announcement
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.model import ScreenshotRequest, Status
from kubeshot_operator.api.parse_status import parse_status, render_status
from kubeshot_operator.api.stored_status import merge_patch, pack_status, unpack_status
from kubeshot_operator.decide.announce import announce
from kubeshot_operator.decide.ended import attempts_ended
from kubeshot_operator.decide.progress import open_claim
from kubeshot_operator.runtime.ports import Cluster
from kubeshot_operator.runtime.state import State

logger = logging.getLogger(__name__)

Tell = Callable[[ScreenshotRequest, Status, Status], None]
"""Takes a request, its status before and the one that was written."""


def tell_nobody(request: ScreenshotRequest, before: Status, after: Status) -> None:
    """Stand where nobody wants to be told of a write."""


class StatusWriter:
    """After a write it rings the pod that was claimed, counts what ended, and records the Events of the transitions."""

    def __init__(self, state: State, cluster: Cluster, clock: Callable[[], datetime], tell: Tell) -> None:
        """Tell `tell` of each write as well."""
        self._cache, self._bells, self._memory = state.cache, state.bells, state.memory
        self._cluster, self._clock, self._tell = cluster, clock, tell

    async def write(self, request: ScreenshotRequest, status: Status) -> ScreenshotRequest:
        """Write the status if it changed, tell its transitions, and return the request as it is now."""
        stored, wanted = unpack_status(request.stored_status), render_status(status)
        patch = merge_patch(stored, wanted)
        if not patch:
            return request
        try:
            version = await self._cluster.patch_status(request, patch)
        except GoneError:
            return request
        # The patch names the version that it is made from: nothing else is different now.
        written = replace(request, resource_version=version, status=status, stored_status=pack_status(wanted))
        self._cache.put_request(written)
        if (claim := open_claim(written)) is not None:
            self._bells.ring((written.key.namespace, claim.pod_name))
        _log(request, status)
        before = parse_status(stored)
        self._tell(request, before, status)
        if isinstance(capture_class := self._cache.class_for(request), CaptureClass):
            self._memory.learn(request, attempts_ended(before, status), capture_class, self._clock())
        for announcement in announce(before, status):
            await self._record_event(written, announcement)
        return written

    async def _record_event(self, request: ScreenshotRequest, announcement: Announcement) -> None:
        try:
            await self._cluster.create_event(request, announcement, self._clock())
        except (UnavailableError, RefusedError, GoneError, ConflictError) as error:
            # An Event is a courtesy: the status holds everything, and a deleted namespace takes no more Events.
            logger.warning("an event was not recorded", extra={**about(request), "error": str(error)})


def about(request: ScreenshotRequest) -> dict[str, Any]:
    """Return the fields by which a log line names a request."""
    return {"namespace": request.key.namespace, "request": request.key.name, "uid": request.uid}


def _log(request: ScreenshotRequest, status: Status) -> None:
    ready = status.conditions[0]
    attempt = status.attempts[-1] if status.attempts else None
    fields = {"phase": status.phase, "run": status.run, "reason": ready.reason, "detail": ready.message}
    pod = {"pod": attempt.pod_name, "attempt": attempt.index} if attempt else {}
    logger.info("status written", extra={**about(request), **fields, **pod})
