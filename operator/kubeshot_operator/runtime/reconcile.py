"""One pass over one request: observe, decide, act, write the status once. Making it twice is harmless."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from kubeshot_contract.reasons import Reason
from kubeshot_operator.adapters.errors import ConflictError, GoneError, UnavailableError
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.model import Key, ScreenshotRequest
from kubeshot_operator.api.outline import outcome_of, outline_of
from kubeshot_operator.api.parse import parse_request
from kubeshot_operator.decide.at_rest import is_at_rest
from kubeshot_operator.decide.deadlines import deadline_of
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.lane import Waiter, Want
from kubeshot_operator.decide.observation import Observation, Refusal
from kubeshot_operator.decide.progress import is_over, open_attempt, open_claim
from kubeshot_operator.decide.run import current_run, decide
from kubeshot_operator.runtime.eraser import Eraser
from kubeshot_operator.runtime.facts import Facts
from kubeshot_operator.runtime.partings import Partings
from kubeshot_operator.runtime.pod_maker import QUOTA_WORDS, Plan, PodMaker
from kubeshot_operator.runtime.ports import Cluster
from kubeshot_operator.runtime.state import State
from kubeshot_operator.runtime.status_writer import StatusWriter, Tell, about, tell_nobody

logger = logging.getLogger(__name__)


class Reconciler:
    """Makes passes over requests with what it is given: the outside, what is known of it, and a clock."""

    def __init__(
        self,
        state: State,
        maker: PodMaker,
        clock: Callable[[], datetime],
        tell: Tell = tell_nobody,
    ) -> None:
        """Work on the cluster and the buckets that `maker` works on; `tell` is told of each write of a status."""
        self._cache, self._queue, self._line = state.cache, state.queue, state.line
        self._reports, self._memory = state.reports, state.memory
        self._cluster: Cluster = maker.cluster
        self._maker = maker
        self._writer = StatusWriter(state, maker.cluster, clock, tell)
        eraser = Eraser(state.cache, maker.buckets)
        self._facts = Facts(state, maker.buckets, eraser, clock)
        self._partings = Partings(state, eraser, clock)
        self._clock = clock

    async def reconcile(self, key: Key) -> None:
        """Make one pass. Raises `UnavailableError` when the API server cannot be used: it is to be made again."""
        waited = self._line.begin(key)
        is_done = False
        try:
            request = await self._find(key)
            await self._delete_orphans(key)
            await self._partings.see_off(key)
            if request is None:
                self._let_be(key)
            else:
                await self._advance(request)
            is_done = True
        except ConflictError:
            # The cache was behind; the event that is on its way, or a LIST, brings the newer object.
            self._queue.add_after(key, 1.0)
        finally:
            is_claimed = self._settle(key, is_done=is_done)
            self._wake_next([waiter for waiter in waited if not (is_claimed and waiter.want is Want.PLACE)])

    async def _find(self, key: Key) -> ScreenshotRequest | None:
        """Return a request that is there and not at rest; what is known of it may not be enough to say so."""
        if key not in self._cache.unsure and not self._cache.shelf.has_expired(key, self._clock()):
            return self._cache.requests.get(key)
        try:
            self._cache.put_request(parse_request(await self._cluster.get_request(key)))
        except GoneError:
            self._cache.drop_missing(key)
        self._cache.unsure.discard(key)
        return self._cache.requests.get(key)

    def _let_be(self, key: Key) -> None:
        """Forget what was planned for a request that is gone, or at rest until its time has come."""
        self._reports.forget(key)
        self._queue.forget(key)
        self._plan_expiry(key)

    def _plan_expiry(self, key: Key) -> None:
        if (expires := self._cache.shelf.expires.get(key)) is not None:
            self._queue.add_after(key, (expires - self._clock()).total_seconds())

    async def _delete_orphans(self, key: Key) -> None:
        """Delete the pods of requests that are gone at once; the garbage collector would take its time."""
        for pod in self._cache.orphans_of(key):
            if not pod.deleting:
                await self._delete(pod.namespace, pod.name)

    async def _advance(self, request: ScreenshotRequest) -> None:
        refusal: Refusal | None = None
        seen = self._observe(request)
        decision = await self._decide(seen)
        if decision.hold is not None:
            request = await self._hold(request, hold=decision.hold)
        if decision.create is not None:
            self._line.spend(request.key)
            refusal = await self._create(decision.create, deadline_of(seen, current_run(seen)))
            if refusal is not None:
                decision = await self._decide(replace(seen, refusal=refusal))
        request = await self._record(request, decision)
        await self._clear_away(request, decision)
        self._drop_report(request, seen)
        self._plan_next(request, decision)
        if is_over(request):
            self._lay_aside(request, written=decision.status is not None)
        if refusal is not None and refusal.doubtful:
            raise UnavailableError(refusal.message)

    async def _record(self, request: ScreenshotRequest, decision: Decision) -> ScreenshotRequest:
        """Remember or write the status that was decided on; return the request as it is now."""
        if decision.unwritten is not None:
            self._cache.remember(request, decision.unwritten)
        return request if decision.status is None else await self._writer.write(request, decision.status)

    async def _clear_away(self, request: ScreenshotRequest, decision: Decision) -> None:
        for name in decision.delete:
            await self._delete(request.key.namespace, name)
        if decision.remove:
            await self._cluster.delete_request(request)
            logger.info("request deleted after its time", extra=about(request))

    async def _create(self, plan: Plan, deadline: datetime) -> Refusal | None:
        """Create a pod; return why that was not possible, and have all wait that the same quota holds up."""
        refusal = await self._maker.create(plan, deadline)
        if refusal is None or refusal.reason is not Reason.QUOTA_EXCEEDED:
            return refusal
        words = "".join(refusal.message.rpartition(QUOTA_WORDS)[1:])
        load = self._cache.load(self._clock())
        until = self._line.refuse_pod(plan.pool, words, load)
        return replace(refusal, retry_after=until - load.now)

    def _lay_aside(self, request: ScreenshotRequest, *, written: bool) -> None:
        """Shelve a request that is at rest; look once more at one that just ended and is not: no watch tells of it."""
        outline, outcome = outline_of(request), outcome_of(request)
        if is_at_rest(outline, outcome):
            self._cache.shelve(outline, outcome)
            # A pod of its own has it looked at once more, when it is gone. A warm one stays.
            self._plan_expiry(request.key)
            written = False
        if written or request.key in self._cache.unsure:
            self._queue.add(request.key)

    def _observe(self, request: ScreenshotRequest) -> Observation:
        key = request.key
        pods = tuple(pod for pod in self._cache.pods_of(key) if pod.request_uid == request.uid)
        attempt = open_attempt(request.status)
        warm = self._cache.pod(key.namespace, attempt.pod_name) if attempt and attempt.is_claim else None
        capture_class, now = self._cache.class_for(request), self._clock()
        name = capture_class.name if isinstance(capture_class, CaptureClass) else ""
        return Observation(
            request,
            pods,
            capture_class,
            now,
            labels=self._cache.namespaces.labels_of(key.namespace),
            remembered=self._memory.limit_for(request, name, now),
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
            held = parse_request(await self._cluster.set_finalizers(request, finalizers), request)
        except GoneError:
            return request
        self._cache.put_request(held)
        return held

    async def _delete(self, namespace: str, name: str) -> None:
        await self._cluster.delete_pod(namespace, name)
        # Its event takes a moment, and until then the next pass would delete it again.
        self._cache.pods.mark_deleting((namespace, name))

    async def _decide(self, seen: Observation) -> Decision:
        while isinstance(answer := decide(seen), Question):
            seen = await self._facts.look_up(seen, answer)
        return answer

    def _plan_next(self, request: ScreenshotRequest, decision: Decision) -> None:
        if decision.wake_at is None:
            self._queue.forget(request.key)
        else:
            self._queue.add_after(request.key, (decision.wake_at - self._clock()).total_seconds())

    def _settle(self, key: Key, *, is_done: bool) -> bool:
        """Settle what was granted to a request; say whether a warm pod has it now."""
        request = self._cache.requests.get(key)
        is_claimed = request is not None and open_claim(request) is not None
        if is_done:
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
