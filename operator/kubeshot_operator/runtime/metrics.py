"""Counts for Prometheus. What is counted comes in as values; what has a state is read when somebody asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from kubeshot_operator.api.api_call import ApiCall
from kubeshot_operator.api.model import Timings
from kubeshot_operator.decide.ended import Ended
from kubeshot_operator.runtime import figures
from kubeshot_operator.runtime.figures import Figure
from kubeshot_operator.runtime.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Load:
    """What is there at one moment. `requests` counts by phase; times are seconds."""

    leads: bool
    requests: Mapping[str, int]
    oldest_queued: float
    pods: int
    pods_limit: int
    queue_depth: int


class Metrics:
    """The figures of one operator, in a registry of its own; `memory_limit` is in bytes, `None` where there is none."""

    def __init__(self, memory_limit: int | None) -> None:
        self._registry = CollectorRegistry()
        self._captures = self._counter(figures.CAPTURES)
        self._attempts = self._counter(figures.ATTEMPTS)
        self._retries = self._counter(figures.RETRIES)
        self._stored_bytes = self._counter(figures.STORED_BYTES)
        self._stored_images = self._counter(figures.STORED_IMAGES)
        self._phases = self._histogram(figures.PHASES)
        self._memory = self._histogram(figures.ATTEMPT_MEMORY)
        self._calls = self._counter(figures.API_CALLS)
        self._call_seconds = self._histogram(figures.API_SECONDS)
        self._adds = self._counter(figures.QUEUE_ADDS)
        self._broken_off = self._counter(figures.QUEUE_RETRIES)
        self._latency = self._histogram(figures.QUEUE_LATENCY)
        self._work = self._histogram(figures.QUEUE_WORK)
        gauges = (figure for figure in figures.FIGURES if figure.kind is figures.Kind.GAUGE)
        self._gauges = {
            figure: Gauge(figure.name, figure.meaning, figure.labels, registry=self._registry) for figure in gauges
        }
        self._gauges[figures.MEMORY_LIMIT].set(memory_limit or 0)
        ProcessCollector(registry=self._registry)

    def wrote(self, ended: Ended) -> None:
        """Count what ended with a write of a status."""
        for attempt in ended.attempts:
            self._attempts.labels(attempt.reason).inc()
            if attempt.retried:
                self._retries.labels(attempt.reason).inc()
            if attempt.memory_used is not None:
                self._memory.observe(attempt.memory_used)
        if (run := ended.run) is not None:
            self._captures.labels(run.outcome, run.reason).inc()
            self._stored_bytes.inc(run.stored_bytes)
            self._stored_images.inc(run.stored_images)
            for phase, milliseconds in _parts(run.timings or Timings()).items():
                if milliseconds is not None:
                    self._phases.labels(phase).observe(milliseconds / 1000)

    def called(self, call: ApiCall) -> None:
        """Count a call to the API server."""
        self._calls.labels(call.verb, call.resource, call.code).inc()
        self._call_seconds.labels(call.verb).observe(call.seconds)

    def added(self) -> None:
        """Count that something was put into the work queue."""
        self._adds.inc()

    def taken(self, waited: float) -> None:
        """Count that a worker took something that had waited so many seconds."""
        self._latency.observe(waited)

    def worked(self, seconds: float, *, again: bool) -> None:
        """Count a pass that took so many seconds; `again` when it broke off."""
        self._work.observe(seconds)
        if again:
            self._broken_off.inc()

    def render(self, vitals: Vitals, load: Load) -> bytes:
        """Return all figures as Prometheus reads them."""
        for figure, value in _states(vitals, load).items():
            self._gauges[figure].set(value)
        self._set_all(figures.REQUESTS, load.requests)
        self._set_all(figures.WATCH_AGE, vitals.watch_ages)
        return generate_latest(self._registry)

    def _set_all(self, figure: Figure, values: Mapping[str, float]) -> None:
        self._gauges[figure].clear()
        for label, value in values.items():
            self._gauges[figure].labels(label).set(value)

    def _counter(self, figure: Figure) -> Counter:
        return Counter(figure.name, figure.meaning, figure.labels, registry=self._registry)

    def _histogram(self, figure: Figure) -> Histogram:
        return Histogram(figure.name, figure.meaning, figure.labels, registry=self._registry, buckets=figure.buckets)


def _states(vitals: Vitals, load: Load) -> dict[Figure, float]:
    return {
        figures.LEADER: float(load.leads),
        figures.OLDEST_QUEUED: load.oldest_queued,
        figures.PODS: load.pods,
        figures.PODS_LIMIT: load.pods_limit,
        figures.QUEUE_DEPTH: load.queue_depth,
        figures.QUEUE_AGE: vitals.queue_age,
        figures.LIST_AGE: vitals.list_age or 0.0,
        figures.LOOP_LAG: vitals.loop_lag,
    }


def _parts(timings: Timings) -> dict[str, int | None]:
    """Return the parts of a run by the names that the status has for them."""
    return {
        "queued": timings.queued,
        "podStart": timings.pod_start,
        "navigate": timings.navigate,
        "settle": timings.settle,
        "shoot": timings.shoot,
        "upload": timings.upload,
        "total": timings.total,
    }
