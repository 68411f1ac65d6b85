"""Where pods come for work and with results. Nothing is handed out that is not in a request's status."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from kubeshot_contract.dispatch import CLAIM_SECONDS, RESULT_SECONDS, Claim, ClaimAnswer, JobName, Report
from kubeshot_contract.job import CaptureJob
from kubeshot_operator.api.bucket import BucketUnavailable
from kubeshot_operator.api.capture_class import CaptureClass
from kubeshot_operator.api.capture_pod import CapturePod, WarmPod
from kubeshot_operator.api.model import ScreenshotRequest
from kubeshot_operator.decide.deadlines import deadline_of_run
from kubeshot_operator.decide.hearing import Hearing, hear
from kubeshot_operator.decide.offers import Offer
from kubeshot_operator.decide.pod import PodPlan, build_job
from kubeshot_operator.decide.pool import serves
from kubeshot_operator.decide.progress import open_claim
from kubeshot_operator.decide.uploads import grant_uploads
from kubeshot_operator.runtime.ports import Buckets
from kubeshot_operator.runtime.state import State

# A claim is not answered with nothing while a request is on its way to it; its write takes milliseconds.
_WRITE_PATIENCE = 5.0
_WRITE_LOOK = 0.1
# Where two namespaces wait for the same slots, their pods would end for one another all the time.
YIELD_AFTER = timedelta(seconds=30)
# So often a waiting claim looks whether its pod's place is needed for others.
_YIELD_LOOK = 1.0


class Desk:
    """Answers pods that have proved who they are."""

    def __init__(self, state: State, buckets: Buckets, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._buckets = buckets
        self._clock = clock
        self._claims: dict[str, Claim] = {}
        self._yielding: set[tuple[str, str]] = set()

    async def report(self, pod: CapturePod | WarmPod, report: Report) -> Hearing:
        """Take in what a pod tells of the end of an attempt, and have a pass made over its request.

        A warm pod may end once it is heard, and its word with it: it is answered when what it told is in the status.
        """
        request = self._state.cache.request_of(report.name.uid)
        hearing = hear(pod, report.name, request)
        if hearing is Hearing.NEWS and request is not None:
            self._state.reports.put(request.key, report.result)
            self._state.queue.add_first(request.key)
            if isinstance(pod, WarmPod) and not await self._state.reports.is_kept(request.key, RESULT_SECONDS):
                return Hearing.UNWRITTEN
        return hearing

    async def claim(self, pod: WarmPod, claim: Claim) -> ClaimAnswer:
        """Return what a pod is to do now, as soon as there is something, or after a while that there is nothing.

        Raises `UnavailableError` when the API server cannot be used.
        """
        if claim.free and not serves(pod, self._state.cache.classes.get(pod.class_name)):
            return ClaimAnswer(drain=True)
        self._claims[pod.uid] = claim
        try:
            if not claim.free:
                return ClaimAnswer(await self._owed(pod, claim), drain=True)
            jobs = await self._wait_for_jobs(pod, claim)
            is_newest = self._claims.get(pod.uid) is claim
            return ClaimAnswer(jobs, drain=not jobs and is_newest and self._yields(pod))
        finally:
            if self._claims.get(pod.uid) is claim:
                del self._claims[pod.uid]
                self._state.line.withdraw(pod.uid)

    async def _owed(self, pod: WarmPod, claim: Claim) -> tuple[CaptureJob, ...]:
        """Return what a pod has to do before it may end, also what is just being written."""
        bells, line, time = self._state.bells, self._state.line, asyncio.get_running_loop().time
        line.withdraw(pod.uid)
        late = time() + _WRITE_PATIENCE
        while line.promised_to(pod.uid) and time() < late:
            await bells.wait((pod.namespace, pod.name), time() + _WRITE_LOOK)
        # Whoever is still on the way to it is to look for another one.
        self._state.cache.pods.mark_leaving((pod.namespace, pod.name))
        return await self._jobs(pod, claim)

    async def _wait_for_jobs(self, pod: WarmPod, claim: Claim) -> tuple[CaptureJob, ...]:
        bells, time = self._state.bells, asyncio.get_running_loop().time
        late = time() + CLAIM_SECONDS
        jobs = await self._jobs(pod, claim)
        # Whoever is offered a place has it at once: a pod that is to end for others offers none.
        if not jobs and not self._is_pressed(pod):
            self._offer(pod, claim)
        # A newer claim of the same pod is answered instead.
        while not jobs and self._claims.get(pod.uid) is claim and (until := self._until(pod, late)) > time():
            if self._is_pressed(pod):
                break
            await bells.wait((pod.namespace, pod.name), min(until, time() + _YIELD_LOOK))
            jobs = await self._jobs(pod, claim)
        return jobs[: claim.free]

    def _until(self, pod: WarmPod, late: float) -> float:
        """Return until when to wait for the next ring: somewhat longer for a request that is on its way."""
        now = asyncio.get_running_loop().time()
        if now < late or not self._state.line.promised_to(pod.uid):
            return late
        return min(now + _WRITE_LOOK, late + _WRITE_PATIENCE)

    def _is_pressed(self, pod: WarmPod) -> bool:
        """Say whether this pod should end so that others can have one; one that is of use has some time first."""
        line, cache, now = self._state.line, self._state.cache, self._clock()
        is_new = now < (pod.started or pod.created) + YIELD_AFTER
        if line.promised_to(pod.uid) or (is_new and line.waiting(pod.owner)):
            return False
        self._yielding = {name for name in self._yielding if (known := cache.pod(*name)) and not known.has_ended}
        # A pod that was told already, and asks again, did not hear it.
        others = self._yielding - {(pod.namespace, pod.name)}
        return line.pressing(pod.owner, cache.load(now)) > len(others)

    def _yields(self, pod: WarmPod) -> bool:
        if pressed := self._is_pressed(pod):
            self._yielding.add((pod.namespace, pod.name))
            self._state.cache.pods.mark_leaving((pod.namespace, pod.name))
        return pressed

    def _offer(self, pod: WarmPod, claim: Claim) -> None:
        self._state.line.offer(pod.uid, Offer(pod.owner, claim.free))
        for key in self._state.line.next_up(self._state.cache.load(self._clock())):
            self._state.queue.add_first(key)

    async def _jobs(self, pod: WarmPod, claim: Claim) -> tuple[CaptureJob, ...]:
        """Return what the pod has claimed by the statuses, and neither holds nor told the end of."""
        jobs = []
        for request in self._state.cache.claims_of(pod.namespace, pod.name):
            job = await self._job(request, claim)
            if job is not None:
                jobs.append(job)
        return tuple(jobs)

    async def _job(self, request: ScreenshotRequest, claim: Claim) -> CaptureJob | None:
        attempt = open_claim(request)
        capture_class = self._state.cache.class_for(request)
        if attempt is None or not isinstance(capture_class, CaptureClass):
            return None
        run = request.status.run
        told = self._state.reports.get(request.key)
        if JobName(request.uid, run, attempt.index) in claim.holding:
            return None
        if told is not None and (told.run, told.attempt) == (run, attempt.index):
            return None
        # The forms are signed with credentials that a look at the bucket reads.
        if isinstance(await self._buckets.check(capture_class.storage), BucketUnavailable):
            return None
        plan = PodPlan(request, capture_class, run, attempt.index, capture_class.pod.memory)
        deadline = deadline_of_run(request, request.status, self._clock())
        grants = grant_uploads(request, capture_class, run, deadline)
        return build_job(plan, self._buckets.sign(capture_class.storage, grants))
