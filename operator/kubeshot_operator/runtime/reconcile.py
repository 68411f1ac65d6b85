"""One pass over one request: observe, decide, act, write the status once. Making it twice is harmless."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from kubeshot_operator.adapters.errors import ConflictError, GoneError, RefusedError, UnavailableError
from kubeshot_operator.api import crd
from kubeshot_operator.api.announcement import Announcement
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.model import Key, ScreenshotRequest, Status
from kubeshot_operator.api.parse import parse_request
from kubeshot_operator.api.parse_status import merge_patch, parse_status, render_status
from kubeshot_operator.decide.announce import announce
from kubeshot_operator.decide.deadlines import deadline_of
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.ended import Ended, what_ended
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.observation import Observation
from kubeshot_operator.decide.progress import open_attempt, open_claim
from kubeshot_operator.decide.run import current_run, decide
from kubeshot_operator.runtime.eraser import Eraser
from kubeshot_operator.runtime.facts import Facts
from kubeshot_operator.runtime.partings import Partings
from kubeshot_operator.runtime.pod_maker import PodMaker
from kubeshot_operator.runtime.ports import Cluster
from kubeshot_operator.runtime.state import State

logger = logging.getLogger(__name__)


class Reconciler:
    """Makes passes over requests with what it is given: the outside, what is known of it, and a clock."""

    def __init__(
        self,
        state: State,
        maker: PodMaker,
        clock: Callable[[], datetime],
        count: Callable[[Ended], None] = lambda _: None,
    ) -> None:
        """Work on the cluster and the buckets that `maker` works on; `count` is told what ended with each write."""
        self._count = count
        self._cache, self._queue, self._line = state.cache, state.queue, state.line
        self._reports, self._bells = state.reports, state.bells
        self._cluster: Cluster = maker.cluster
        self._maker = maker
        eraser = Eraser(state.cache, maker.buckets)
        self._facts = Facts(state, maker.buckets, eraser, clock)
        self._partings = Partings(state, eraser, clock)
        self._clock = clock

    async def reconcile(self, key: Key) -> None:
        """Make one pass. Raises `UnavailableError` when the API server cannot be used: it is to be made again."""
        request = self._cache.requests.get(key)
        waited = self._line.begin(key)
        is_over = False
        try:
            await self._delete_orphans(key)
            await self._partings.see_off(key)
            if request is None:
                self._queue.forget(key)
                self._reports.forget(key)
            else:
                await self._advance(request)
            is_over = True
        except ConflictError:
            # The cache was behind; the event that is on its way, or a LIST, brings the newer object.
            self._queue.add_after(key, 1.0)
        finally:
            is_claimed = self._settle(key, is_over=is_over)
            self._wake_next([waiter for waiter in waited if not (is_claimed and waiter.want is Want.PLACE)])

    async def _delete_orphans(self, key: Key) -> None:
        """Delete the pods of requests that are gone at once; the garbage collector would take its time."""
        for pod in self._cache.orphans_of(key):
            if not pod.deleting:
                await self._delete(pod.namespace, pod.name)

    async def _advance(self, request: ScreenshotRequest) -> None:
        seen = self._observe(request)
        decision = await self._decide(seen)
        if decision.hold is not None:
            request = await self._hold(request, hold=decision.hold)
        if decision.create is not None:
            self._line.spend(request.key)
            refusal = await self._maker.create(decision.create, deadline_of(seen, current_run(seen)))
            if refusal is not None:
                decision = await self._decide(replace(seen, refusal=refusal))
        if decision.unwritten is not None:
            self._cache.remember(request, decision.unwritten)
        if decision.status is not None:
            request = await self._write_status(request, decision.status)
        for name in decision.delete:
            await self._delete(request.key.namespace, name)
        if decision.remove:
            await self._cluster.delete_request(request)
            logger.info("request deleted after its time", extra=_about(request))
        self._drop_report(request, seen)
        self._plan_next(request, decision)

    def _observe(self, request: ScreenshotRequest) -> Observation:
        key = request.key
        pods = tuple(pod for pod in self._cache.pods_of(key) if pod.request_uid == request.uid)
        attempt = open_attempt(request.status)
        warm = self._cache.pod(key.namespace, attempt.pod_name) if attempt and attempt.is_claim else None
        return Observation(
            request,
            pods,
            self._cache.class_for(request),
            self._clock(),
            labels=self._cache.namespaces.labels_of(key.namespace),
            warm_pod=warm if isinstance(warm, WarmPod) else None,
            report=self._reports.get(key),
        )

    def _drop_report(self, request: ScreenshotRequest, seen: Observation) -> None:
        """Forget what a pod told of its end once its attempt has ended in the status as well."""
        report, status = seen.report, request.status
        if report is None or report is not self._reports.get(request.key):
            return
        ended = {attempt.index for attempt in status.attempts if attempt.end_time is not None}
        if report.run != status.run or report.attempt in ended or (status.phase and status.phase.is_finished):
            self._reports.forget(request.key)

    async def _hold(self, request: ScreenshotRequest, *, hold: bool) -> ScreenshotRequest:
        """Put our finalizer on, or take it off; return the request as it is now."""
        others = tuple(item for item in request.finalizers if item != crd.STORED_IMAGES_FINALIZER)
        finalizers = (*others, crd.STORED_IMAGES_FINALIZER) if hold else others
        try:
            held = parse_request(await self._cluster.set_finalizers(request, finalizers))
        except GoneError:
            return request
        self._cache.put_request(held)
        return held

    async def _delete(self, namespace: str, name: str) -> None:
        await self._cluster.delete_pod(namespace, name)
        # Its event takes a moment, and until then the next pass would delete it again.
        self._cache.mark_deleting(namespace, name)

    async def _decide(self, seen: Observation) -> Decision:
        while isinstance(answer := decide(seen), Question):
            seen = await self._facts.look_up(seen, answer)
        return answer

    async def _write_status(self, request: ScreenshotRequest, status: Status) -> ScreenshotRequest:
        """Write the status if it changed, tell its transitions, and return the request as it is now."""
        patch = merge_patch(request.raw_status, render_status(status))
        if not patch:
            return request
        try:
            written = parse_request(await self._cluster.patch_status(request, patch))
        except GoneError:
            return request
        self._cache.put_request(written)
        if (claim := open_claim(written)) is not None:
            self._bells.ring((written.key.namespace, claim.pod_name))
        _log(request, status)
        before = parse_status(request.raw_status)
        self._count(what_ended(before, status))
        for announcement in announce(before, status):
            await self._tell(written, announcement)
        return written

    async def _tell(self, request: ScreenshotRequest, announcement: Announcement) -> None:
        try:
            await self._cluster.create_event(request, announcement, self._clock())
        except (UnavailableError, RefusedError, GoneError, ConflictError) as error:
            # An Event is a courtesy: the status holds everything, and a deleted namespace takes no more Events.
            logger.warning("an event was not recorded", extra={**_about(request), "error": str(error)})

    def _plan_next(self, request: ScreenshotRequest, decision: Decision) -> None:
        if decision.wake_at is None:
            self._queue.forget(request.key)
        else:
            self._queue.add_after(request.key, (decision.wake_at - self._clock()).total_seconds())

    def _settle(self, key: Key, *, is_over: bool) -> bool:
        """Settle what was granted to a request; say whether a warm pod has it now."""
        request = self._cache.requests.get(key)
        is_claimed = request is not None and open_claim(request) is not None
        if is_over:
            self._line.end(key, claimed=is_claimed)
        else:
            self._line.doubt(key, self._clock())
        return is_claimed

    def _wake_next(self, waited: list[Waiter]) -> None:
        """Wake those whose turn it is now; `waited` is what the request waited for before this pass and did not get."""
        load = self._cache.load(self._clock())
        for granted in self._line.next_up(load):
            self._queue.add_first(granted)
        if (due := self._line.due(load)) is not None:
            first, at = due
            self._queue.add_after(first, (at - load.now).total_seconds())
        for waiter in waited:
            if waiter.want is not Want.OWN_POD and not self._line.is_waiting(waiter):
                # It was to have a warm pod created, perhaps, and others have to come in its place.
                self._queue.add(waiter.lane.pool)


def _about(request: ScreenshotRequest) -> dict[str, Any]:
    return {"namespace": request.key.namespace, "request": request.key.name, "uid": request.uid}


def _log(request: ScreenshotRequest, status: Status) -> None:
    ready = status.conditions[0]
    attempt = status.attempts[-1] if status.attempts else None
    fields = {"phase": status.phase, "run": status.run, "reason": ready.reason, "detail": ready.message}
    pod = {"pod": attempt.pod_name, "attempt": attempt.index} if attempt else {}
    logger.info("status written", extra={**_about(request), **fields, **pod})
