"""One pass over one request: observe, decide, act, write the status once. Making it twice is harmless."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from kubeshot_contract.reasons import Reason
from kubeshot_operator.adapters.errors import ConflictError, GoneError, NameTakenError, RefusedError, UnavailableError
from kubeshot_operator.api.announcement import Announcement
from kubeshot_operator.api.model import CaptureClass, Key, ScreenshotRequest, Status, Storage
from kubeshot_operator.api.parse import parse_request
from kubeshot_operator.api.parse_pod import NotACapturePodError, parse_pod
from kubeshot_operator.api.parse_status import merge_patch, parse_status, render_status
from kubeshot_operator.decide.announce import announce
from kubeshot_operator.decide.deadlines import deadline_of
from kubeshot_operator.decide.decision import Decision, Question
from kubeshot_operator.decide.naming import object_key
from kubeshot_operator.decide.observation import Observation, Refusal
from kubeshot_operator.decide.pod import PodPlan, build_pod
from kubeshot_operator.decide.run import current_run, decide
from kubeshot_operator.decide.uploads import grant_uploads
from kubeshot_operator.runtime.ports import Buckets, Cluster
from kubeshot_operator.runtime.state import State

logger = logging.getLogger(__name__)

REFUSAL_RETRY = timedelta(seconds=15)


class Reconciler:
    """Makes passes over requests with what it is given: the outside, what is known of it, and a clock."""

    def __init__(self, state: State, cluster: Cluster, buckets: Buckets, clock: Callable[[], datetime]) -> None:
        self._cache, self._queue, self._line = state.cache, state.queue, state.line
        self._cluster = cluster
        self._buckets = buckets
        self._clock = clock

    async def reconcile(self, key: Key) -> None:
        """Make one pass. Raises `UnavailableError` when the API server cannot be used: it is to be made again."""
        request = self._cache.requests.get(key)
        # Whoever still has to wait joins the line again, at its old place: that goes by age.
        self._line.leave(key)
        try:
            if request is None:
                await self._clean_up(key)
            else:
                await self._advance(request)
        except ConflictError:
            # The cache was behind; the event that is on its way, or a LIST, brings the newer object.
            self._queue.add_after(key, 1.0)
        finally:
            self._line.release(key)
            self._wake_next()

    async def _clean_up(self, key: Key) -> None:
        """Delete the pods of a request that is gone at once; the garbage collector would take its time."""
        self._queue.forget(key)
        for pod in self._cache.pods_of(key):
            if not pod.deleting:
                await self._delete(pod.namespace, pod.name)

    async def _advance(self, request: ScreenshotRequest) -> None:
        pods = tuple(pod for pod in self._cache.pods_of(request.key) if pod.request_uid == request.uid)
        seen = Observation(request, pods, self._cache.class_for(request), self._clock())
        decision = await self._decide(seen)
        if decision.create is not None:
            refusal = await self._create(decision.create, seen)
            if refusal is not None:
                decision = await self._decide(replace(seen, refusal=refusal))
        if decision.unwritten is not None:
            self._cache.remember(request, decision.unwritten)
        if decision.status is not None:
            request = await self._write_status(request, decision.status)
        for name in decision.delete:
            await self._delete(request.key.namespace, name)
        self._plan_next(request, decision)

    async def _delete(self, namespace: str, name: str) -> None:
        await self._cluster.delete_pod(namespace, name)
        # Its event takes a moment, and until then the next pass would delete it again.
        self._cache.mark_deleting(namespace, name)

    async def _decide(self, seen: Observation) -> Decision:
        while isinstance(answer := decide(seen), Question):
            seen = await self._look_up(seen, answer)
        return answer

    async def _look_up(self, seen: Observation, question: Question) -> Observation:
        capture_class = seen.capture_class
        assert isinstance(capture_class, CaptureClass), "without a class nothing is asked"
        match question:
            case Question.BUCKET:
                if seen.request.status.attempts and seen.request.status.attempts[-1].reason is Reason.UPLOAD_FAILED:
                    self._buckets.doubt(capture_class.storage)
                return replace(seen, bucket=await self._buckets.check(capture_class.storage))
            case Question.SLOT:
                since = current_run(seen).queued_time or seen.now
                return replace(seen, slot=self._line.ask(seen.request.key, since, self._cache.live_pods))
            case Question.STORED:
                stored = await self._buckets.stat(capture_class.storage, _keys(seen, capture_class.storage))
                return replace(seen, stored=stored)
            case _:
                assert_never(question)

    async def _create(self, plan: PodPlan, seen: Observation) -> Refusal | None:
        """Create the pod of a plan, or adopt it if it is there already; return why neither was possible."""
        namespace, storage = plan.request.key.namespace, plan.capture_class.storage
        grants = grant_uploads(plan.request, plan.capture_class, plan.run, deadline_of(seen, current_run(seen)))
        pod = build_pod(plan, self._buckets.sign(storage, grants))
        try:
            self._cache.put_pod(parse_pod(await self._cluster.create_pod(namespace, pod)))
        except NameTakenError:
            return await self._adopt(plan)
        except ConflictError as error:
            # Two creates met at a quota's count; that is over at once.
            raise UnavailableError(str(error)) from error
        except (RefusedError, GoneError) as error:
            reason = Reason.QUOTA_EXCEEDED if "exceeded quota" in str(error) else Reason.POD_REJECTED
            return Refusal(reason, f"pod {plan.name} cannot be created: {error}", REFUSAL_RETRY)
        return None

    async def _adopt(self, plan: PodPlan) -> Refusal | None:
        """Take over the pod that has the name of ours, if it belongs to this request."""
        try:
            found = parse_pod(await self._cluster.get_pod(plan.request.key.namespace, plan.name))
        except GoneError:
            return Refusal(Reason.POD_LOST, f"pod {plan.name} was deleted just now", timedelta(seconds=1))
        except NotACapturePodError as error:
            return _taken(plan, str(error))
        if found.request_uid != plan.request.uid:
            return _taken(plan, f"it belongs to {found.request_name}")
        self._cache.put_pod(found)
        return None

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
        _log(request, status)
        for announcement in announce(parse_status(request.raw_status), status):
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

    def _wake_next(self) -> None:
        for key in self._line.next_up(self._cache.live_pods):
            self._queue.add(key)


def _keys(seen: Observation, storage: Storage) -> tuple[str, ...]:
    assert seen.request.spec is not None, "only a request that can be read has images"
    run = current_run(seen).run
    return tuple(object_key(storage, seen.request, run, output) for output in seen.request.spec.page.outputs)


def _taken(plan: PodPlan, why: str) -> Refusal:
    message = f"a pod {plan.name} that is not ours is in the way ({why}): delete it, then change the request"
    return Refusal(Reason.POD_REJECTED, message, REFUSAL_RETRY, final=True)


def _about(request: ScreenshotRequest) -> dict[str, Any]:
    return {"namespace": request.key.namespace, "request": request.key.name, "uid": request.uid}


def _log(request: ScreenshotRequest, status: Status) -> None:
    ready = status.conditions[0]
    attempt = status.attempts[-1] if status.attempts else None
    fields = {"phase": status.phase, "run": status.run, "reason": ready.reason, "detail": ready.message}
    pod = {"pod": attempt.pod_name, "attempt": attempt.index} if attempt else {}
    logger.info("status written", extra={**_about(request), **fields, **pod})
