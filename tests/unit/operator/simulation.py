"""The real operator in virtual time, with a cluster and buckets of our own; the captures follow a script."""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from kubeshot_contract.dispatch import TOKEN_VARIABLE, Claim, ClaimAnswer, JobName, Report
from kubeshot_contract.job import CaptureJob, take_job
from kubeshot_contract.reasons import Reason, exit_code_of
from kubeshot_contract.result import CaptureResult, Failure, Outcome, Stage, StageVerdict, StoredImage, encode_result
from kubeshot_operator.api import crd
from kubeshot_operator.api.capture_pod import WarmPod
from kubeshot_operator.api.model import Key
from kubeshot_operator.api.scalars import format_time
from kubeshot_operator.decide.admission import Admission
from kubeshot_operator.decide.gates import Ceiling
from kubeshot_operator.decide.hearing import Hearing
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.desk import Desk
from kubeshot_operator.runtime.intake import Intake, RawListing
from kubeshot_operator.runtime.passes import Passes
from kubeshot_operator.runtime.pod_maker import PodMaker
from kubeshot_operator.runtime.pool_keeper import PoolKeeper
from kubeshot_operator.runtime.queue import WorkQueue
from kubeshot_operator.runtime.reconcile import Reconciler
from kubeshot_operator.runtime.state import State
from unit.operator.builders import raw_class, raw_container_status, raw_request
from unit.operator.fake_buckets import FakeBuckets
from unit.operator.fake_cluster import FakeCluster, PodName, Raw
from unit.operator.fake_warm_pod import FakeWarmPod

IMAGE = b"an image"
DISPATCH = "kubeshot-dispatch.kubeshot-system.svc:8444"


class End(Enum):
    """How a pod ends."""

    SUCCEEDS = auto()
    RUNS_OUT_OF_MEMORY = auto()
    VANISHES_AFTER_UPLOAD = auto()
    VANISHES = auto()
    IS_EVICTED = auto()
    CANNOT_CONNECT = auto()
    ANSWERS_404 = auto()
    NEVER_ENDS = auto()
    NEVER_TELLS = auto()
    """It stores its images, and its report reaches nobody."""


Script = Callable[[CaptureJob, Raw], End]


def always_succeeds(job: CaptureJob, pod: Raw) -> End:
    """Let every capture succeed."""
    return End.SUCCEEDS


@dataclass
class Simulation:
    """An operator and its surroundings. Captures take 2 seconds to start and 3 to run.

    Pods that report by themselves do so a second before the kubelet tells of their end.
    """

    script: Script = always_succeeds
    reports: bool = False
    max_pods: int = 5
    creates_per_second: int = 1000
    cluster: FakeCluster = field(default_factory=FakeCluster)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    starts: int = 0
    state: State = field(init=False)
    desk: Desk = field(init=False)
    warm: dict[str, FakeWarmPod] = field(default_factory=dict)
    _lives: dict[PodName, asyncio.Task[None]] = field(default_factory=dict)
    _polls: set[asyncio.Task[Any]] = field(default_factory=set)
    _tellings: set[asyncio.Task[bool]] = field(default_factory=set)
    _running: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.cluster.pod_was_created = self._kubelet

    async def start(self, listed: RawListing | None = None) -> None:
        """Start an operator that knows nothing, with a LIST, of now unless it is given; then have it take over."""
        self.starts += 1
        self.state = State(Cache(), WorkQueue(), Admission(Ceiling(self.max_pods, self.creates_per_second)))
        intake = Intake(self.state, self.cluster.now)
        self.cluster.watcher = intake
        intake.listing(listed or self.cluster.listing())
        intake.listing(self.cluster.unfinished())
        intake.everything()
        maker = PodMaker(self.state.cache, self.cluster, self.buckets, DISPATCH)
        reconciler = Reconciler(self.state, maker, self.cluster.now)
        passes = Passes(reconciler, PoolKeeper(self.state, self.cluster, self.cluster.now), lambda: True)
        self.desk = Desk(self.state, self.buckets, self.cluster.now)
        self._running = asyncio.create_task(self.state.queue.run(passes.make, 8))

    async def stop(self) -> None:
        """End the operator wherever it is."""
        self.cluster.watcher = None
        for poll in self._polls:
            poll.cancel()
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        assert self.cluster.contradictions == []
        assert self.cluster.idle_writes == []

    async def until(self, condition: Callable[[], bool], within: float = 600.0) -> None:
        """Let time pass until the condition holds."""
        loop = asyncio.get_running_loop()
        last = loop.time() + within
        while not condition():
            assert loop.time() < last, f"not within {within} seconds: {self._told()}"
            await asyncio.sleep(0.25)

    async def until_phase(self, key: Key, phase: str, within: float = 600.0) -> Raw:
        """Let time pass until a request is in this phase; return its status."""
        await self.until(lambda: self.cluster.status_of(key).get("phase") == phase, within)
        return self.cluster.status_of(key)

    async def until_quiet(self) -> None:
        """Let time pass until no pod is left, what runs left is deleted, and nothing was written for a minute.

        What is in the buckets then is what statuses name, or named before a newer run stored its own.
        """
        await self.until(lambda: not self.cluster.pods and not self._leftovers())
        before = self.cluster.writes
        await asyncio.sleep(60.0)
        assert self.cluster.writes == before, "the status is still being written"
        assert not self.cluster.pods
        assert self.buckets.objects.keys() <= self.cluster.named, "nothing is stored that no status ever named"

    def apply(self, spec: Raw | None = None, **metadata: Any) -> Key:
        """Apply a request."""
        return self.cluster.apply_request(raw_request(spec, **metadata))

    def apply_class(self, **changes: Any) -> None:
        """Apply the default class."""
        self.cluster.apply_class(raw_class(**changes))

    def _told(self) -> list[Any]:
        statuses = (body.get("status") or {} for body in self.cluster.requests.values())
        return [(status.get("phase"), status.get("conditions", [{}])[:1]) for status in statuses][:5]

    def _leftovers(self) -> list[Any]:
        return [body["status"]["uploads"] for body in self.cluster.requests.values() if body["status"].get("uploads")]

    def _kubelet(self, pod: Raw) -> None:
        loop = asyncio.get_running_loop()
        name = (pod["metadata"]["namespace"], pod["metadata"]["name"])
        uid = pod["metadata"]["uid"]
        loop.call_later(2.0, self._start, name, uid)
        if pod["metadata"]["ownerReferences"][0]["kind"] == crd.CLASS_KIND:
            loop.call_later(2.0, self._start_warm, name, uid)
            return
        if self.reports:
            loop.call_later(4.0, self._report, name, uid)
        loop.call_later(5.0, self._end, name, uid)

    def _start(self, name: PodName, uid: str) -> None:
        if self._captures(name, uid):
            running = {"startedAt": format_time(self.cluster.now())}
            self.cluster.set_pod_status(name, raw_container_status("Running", running=running))

    def _start_warm(self, name: PodName, uid: str) -> None:
        if self._captures(name, uid):
            warm = self.warm[name[1]] = FakeWarmPod(self.cluster.pods[name], self, self._capture_warm)
            self._lives[name] = asyncio.create_task(self._live(name, uid, warm))

    async def _live(self, name: PodName, uid: str, warm: FakeWarmPod) -> None:
        message = await warm.live()
        if self._is_there(name, uid):
            self._terminate(name, 0, message)

    async def _capture_warm(self, job: CaptureJob, pod: Raw) -> CaptureResult | None:
        name = (pod["metadata"]["namespace"], pod["metadata"]["name"])
        ending = self.script(job, pod)
        if not self._is_there(name, pod["metadata"]["uid"]):
            return None
        stores = (End.SUCCEEDS, End.VANISHES_AFTER_UPLOAD, End.NEVER_TELLS)
        result = self.store(job) if ending in stores else None
        if ending is End.NEVER_TELLS:
            return None
        if ending in (End.VANISHES, End.VANISHES_AFTER_UPLOAD):
            self.kill(name)
            return None
        if ending is End.RUNS_OUT_OF_MEMORY:
            self._lives[name].cancel()
            self._terminate(name, 137, "", "OOMKilled")
        return failed(job, *FAILURES[ending])[1] if ending in FAILURES else result

    def kill(self, name: PodName) -> None:
        """Take a pod away with all that it does, as a lost node does."""
        self.cluster.remove_pod(name)
        if name in self._lives:
            self._lives[name].cancel()

    async def claim(self, token: str, claim: Claim) -> ClaimAnswer | None:
        """Ask the operator for work as the pod with this token; `None` when it is not there."""
        pod = self.state.cache.holder_of(token)
        if self.cluster.watcher is None or not isinstance(pod, WarmPod):
            return None
        poll = asyncio.create_task(self.desk.claim(pod, claim))
        self._polls.add(poll)
        await asyncio.wait({poll})
        self._polls.discard(poll)
        if poll.cancelled() or poll.exception() is not None:
            return None
        for job in poll.result().jobs:
            [*_, attempt] = self.cluster.status_of(Key(job.namespace, job.name))["attempts"]
            told = (attempt["podName"], attempt["index"])
            assert told == (pod.name, job.attempt), "it was handed out before it was written"
        return poll.result()

    async def report(self, token: str, report: Report) -> bool:
        """Tell the operator of a result as the pod with this token; say whether that has an end."""
        pod = self.state.cache.holder_of(token)
        if self.cluster.watcher is None or pod is None:
            return False
        telling = asyncio.create_task(self.desk.report(pod, report))
        self._polls.add(telling)
        await asyncio.wait({telling})
        self._polls.discard(telling)
        return not telling.cancelled() and telling.result() is not Hearing.UNWRITTEN

    def _report(self, name: PodName, uid: str) -> None:
        if self._captures(name, uid) and self.cluster.watcher is not None:
            pod = self.cluster.pods[name]
            job = job_of(pod)
            ending = self.script(job, pod)
            if ending is End.SUCCEEDS or ending in FAILURES:
                result = self.store(job) if ending is End.SUCCEEDS else failed(job, *FAILURES[ending])[1]
                report = Report(JobName(job.uid, job.run, job.attempt), result)
                self._tellings.add(asyncio.ensure_future(self.report(variable_of(pod, TOKEN_VARIABLE), report)))

    def _is_there(self, name: PodName, uid: str) -> bool:
        pod = self.cluster.pods.get(name)
        return pod is not None and pod["metadata"]["uid"] == uid

    def _captures(self, name: PodName, uid: str) -> bool:
        pod = self.cluster.pods.get(name)
        return pod is not None and pod["metadata"]["uid"] == uid and "deletionTimestamp" not in pod["metadata"]

    def _end(self, name: PodName, uid: str) -> None:
        if not self._captures(name, uid):
            return
        pod = self.cluster.pods[name]
        job = job_of(pod)
        ending = self.script(job, pod)
        if ending in (End.SUCCEEDS, End.VANISHES_AFTER_UPLOAD):
            result = self.store(job)
        if ending is End.SUCCEEDS:
            self._terminate(name, 0, encode_result(result))
        elif ending in (End.VANISHES, End.VANISHES_AFTER_UPLOAD):
            self.cluster.remove_pod(name)
        elif ending is End.RUNS_OUT_OF_MEMORY:
            self._terminate(name, 137, "", "OOMKilled")
        elif ending is End.IS_EVICTED:
            self.cluster.set_pod_status(name, {"phase": "Failed", "reason": "Evicted", "message": "low on memory"})
        elif ending in FAILURES:
            exit_code, result = failed(job, *FAILURES[ending])
            self._terminate(name, exit_code, encode_result(result))

    def store(self, job: CaptureJob) -> CaptureResult:
        """Store the images of a job, and return the result that tells of them."""
        sha256 = hashlib.sha256(IMAGE).hexdigest()
        for form in job.uploads.values():
            self.buckets.upload(form, IMAGE, sha256)
        return CaptureResult(
            run=job.run,
            attempt=job.attempt,
            finished=True,
            stages=(StageVerdict(Stage.OPEN, Outcome.SETTLED, 40),),
            outputs=tuple(StoredImage(name, sha256, len(IMAGE), 1280, 800) for name in job.uploads),
        )

    def _terminate(self, name: PodName, exit_code: int, message: str, reason: str = "") -> None:
        terminated = {
            "exitCode": exit_code,
            "reason": reason or ("Error" if exit_code else "Completed"),
            "message": message,
            "startedAt": format_time(self.cluster.now()),
            "finishedAt": format_time(self.cluster.now()),
        }
        phase = "Failed" if exit_code else "Succeeded"
        self.cluster.set_pod_status(name, raw_container_status(phase, terminated=terminated))


FAILURES = {End.CANNOT_CONNECT: (Reason.CONNECTION_FAILED, True), End.ANSWERS_404: (Reason.HTTP_ERROR, False)}


def failed(job: CaptureJob, reason: Reason, retryable: bool) -> tuple[int, CaptureResult]:
    """Return the exit code and the result of a capture that failed."""
    failure = Failure(reason, "it did not work", retryable)
    return exit_code_of(reason), CaptureResult(run=job.run, attempt=job.attempt, finished=True, failure=failure)


def job_of(pod: Raw) -> CaptureJob:
    """Return the job that the kubelet would hand to this pod's container."""
    variables = (item for item in pod["spec"]["containers"][0]["env"] if "value" in item)
    return take_job({item["name"]: item["value"].replace("$$", "$") for item in variables})


def variable_of(pod: Raw, name: str) -> str:
    """Return a variable of a pod's container."""
    [value] = [item["value"] for item in pod["spec"]["containers"][0]["env"] if item["name"] == name]
    return str(value)


def memory_of(pod: Raw) -> str:
    """Return the memory limit of a pod."""
    return str(pod["spec"]["containers"][0]["resources"]["limits"]["memory"])
