"""Looks up the facts that a decision asks for: in the line, in the buckets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from kubeshot_contract.reasons import Reason
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.decide.decision import Question
from kubeshot_operator.decide.lane import Want
from kubeshot_operator.decide.naming import keys_of_run
from kubeshot_operator.decide.observation import Observation, PodWanted, Slot, Turn
from kubeshot_operator.decide.pool import PoolSeen
from kubeshot_operator.decide.run import current_run, unwanted
from kubeshot_operator.decide.slot import ask_for_slot, waiter_of
from kubeshot_operator.decide.warm_line import ask_for_place
from kubeshot_operator.decide.warm_pod import WarmPlan
from kubeshot_operator.runtime.eraser import Eraser
from kubeshot_operator.runtime.ports import Buckets
from kubeshot_operator.runtime.state import State


class Facts:
    """Each look is made for one decision; to ask in the line is to join it."""

    def __init__(self, state: State, buckets: Buckets, eraser: Eraser, clock: Callable[[], datetime]) -> None:
        self._cache, self._line = state.cache, state.line
        self._buckets = buckets
        self._eraser = eraser
        # A pass may have waited for its bucket while others went on: the line is told what time it is now.
        self._clock = clock

    async def look_up(self, seen: Observation, question: Question) -> Observation:
        """Return the observation with the fact that was asked for."""
        if question is Question.ERASED:
            return replace(seen, erased=await self._eraser.erase(unwanted(seen)))
        capture_class = seen.capture_class
        assert isinstance(capture_class, CaptureClass), "without a class nothing is asked"
        storage = capture_class.storage
        match question:
            case Question.BUCKET:
                if seen.request.status.attempts and seen.request.status.attempts[-1].reason is Reason.UPLOAD_FAILED:
                    self._buckets.doubt(storage)
                return replace(seen, bucket=await self._buckets.check(storage))
            case Question.TURN:
                return replace(seen, turn=self._ask_for_turn(seen, capture_class))
            case Question.SLOT:
                return replace(seen, slot=self._ask_for_slot(seen, capture_class))
            case Question.STORED:
                keys = keys_of_run(storage, seen.request, current_run(seen).run)
                return replace(seen, stored=await self._buckets.stat(storage, keys))
            case _:
                assert_never(question)

    def _ask_for_turn(self, seen: Observation, capture_class: CaptureClass) -> Turn:
        plan = WarmPlan(seen.request, capture_class, current_run(seen).run)
        pods = self._cache.pods_in(plan.pool)
        claimed = sum(len(self._cache.claims_of(pod.namespace, pod.name)) for pod in pods)
        pool = PoolSeen(plan.pool, capture_class, pods, claimed, seen.now)
        waiter = waiter_of(seen, capture_class, Want.PLACE)
        return ask_for_place(self._line, waiter, plan.name, pool, self._cache.load(self._clock()))

    def _ask_for_slot(self, seen: Observation, capture_class: CaptureClass) -> Slot:
        want = Want.WARM_POD if isinstance(seen.turn, PodWanted) else Want.OWN_POD
        waiter = waiter_of(seen, capture_class, want)
        return ask_for_slot(self._line, waiter, self._cache.load(self._clock()))
