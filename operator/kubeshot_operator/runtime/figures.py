"""The one home of the names at /metrics; docs/metrics.md is made from these. No label has a word that a user chose."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What Prometheus calls them."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Figure:
    """One family of figures; `buckets` are the upper bounds of a histogram."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """The names of its series, as expressions name them."""
        if self.kind is Kind.HISTOGRAM:
            return tuple(f"{self.name}{suffix}" for suffix in ("_bucket", "_sum", "_count"))
        return (self.name,)


# A capture takes seconds, its parts tenths of one, its waits minutes.
_PHASE_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0)
# A call or a pass takes milliseconds.
_CALL_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_MEMORY_BUCKETS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)

CAPTURES = Figure(
    "kubeshot_captures_total",
    Kind.COUNTER,
    "Runs that ended, by outcome (Succeeded, Failed) and reason.",
    ("outcome", "reason"),
)
ATTEMPTS = Figure(
    "kubeshot_attempts_total",
    Kind.COUNTER,
    "Attempts that ended, by reason; OutOfMemory counts what the kernel killed.",
    ("reason",),
)
RETRIES = Figure(
    "kubeshot_retries_total", Kind.COUNTER, "Attempts that failed and are followed by another, by reason.", ("reason",)
)
STORED_BYTES = Figure("kubeshot_stored_bytes_total", Kind.COUNTER, "Bytes of the images that were stored.")
STORED_IMAGES = Figure("kubeshot_stored_images_total", Kind.COUNTER, "Images that were stored.")
PHASES = Figure(
    "kubeshot_phase_seconds",
    Kind.HISTOGRAM,
    "Parts of the runs that succeeded: queued, podStart, navigate, settle, shoot, upload, total.",
    ("phase",),
    _PHASE_BUCKETS,
)
ATTEMPT_MEMORY = Figure(
    "kubeshot_attempt_memory_ratio",
    Kind.HISTOGRAM,
    "Peak memory of the pods that made one attempt, as a part of their limit.",
    (),
    _MEMORY_BUCKETS,
)
REQUESTS = Figure("kubeshot_requests", Kind.GAUGE, "Requests by phase; Pending has not been looked at yet.", ("phase",))
OLDEST_QUEUED = Figure(
    "kubeshot_oldest_queued_seconds", Kind.GAUGE, "How long the request has waited that has waited longest."
)
PODS = Figure("kubeshot_pods", Kind.GAUGE, "Capture pods that have not ended.")
PODS_LIMIT = Figure("kubeshot_pods_limit", Kind.GAUGE, "Capture pods that the operator allows at once.")
API_CALLS = Figure(
    "kubeshot_api_calls_total",
    Kind.COUNTER,
    "Calls to the API server, by verb, resource and HTTP code; none when no answer came.",
    ("verb", "resource", "code"),
)
API_SECONDS = Figure(
    "kubeshot_api_call_seconds",
    Kind.HISTOGRAM,
    "Seconds until the API server answered; of a watch, until it began.",
    ("verb",),
    _CALL_BUCKETS,
)
QUEUE_DEPTH = Figure("kubeshot_workqueue_depth", Kind.GAUGE, "Requests and pools that wait for a worker.")
QUEUE_AGE = Figure(
    "kubeshot_workqueue_head_age_seconds", Kind.GAUGE, "How long the first of them has waited for a worker."
)
QUEUE_ADDS = Figure("kubeshot_workqueue_adds_total", Kind.COUNTER, "Times that something was put into the work queue.")
QUEUE_RETRIES = Figure("kubeshot_workqueue_retries_total", Kind.COUNTER, "Passes that broke off and are made again.")
QUEUE_LATENCY = Figure(
    "kubeshot_workqueue_latency_seconds", Kind.HISTOGRAM, "Seconds in the work queue.", (), _CALL_BUCKETS
)
QUEUE_WORK = Figure("kubeshot_workqueue_work_seconds", Kind.HISTOGRAM, "Seconds that passes took.", (), _CALL_BUCKETS)
LEADER = Figure("kubeshot_leader", Kind.GAUGE, "1 for the replica that leads, 0 for one that stands by.")
WATCH_AGE = Figure(
    "kubeshot_watch_age_seconds", Kind.GAUGE, "Seconds since each watch was last answered.", ("resource",)
)
LIST_AGE = Figure("kubeshot_list_age_seconds", Kind.GAUGE, "Seconds since the last LIST that went well.")
LOOP_LAG = Figure(
    "kubeshot_event_loop_lag_seconds", Kind.GAUGE, "By how much the event loop was late, at most, in the last seconds."
)
MEMORY_LIMIT = Figure(
    "kubeshot_memory_limit_bytes",
    Kind.GAUGE,
    "Memory that the operator's container may have; 0 where it is not limited.",
)

FIGURES = (
    CAPTURES,
    ATTEMPTS,
    RETRIES,
    STORED_BYTES,
    STORED_IMAGES,
    PHASES,
    ATTEMPT_MEMORY,
    REQUESTS,
    OLDEST_QUEUED,
    PODS,
    PODS_LIMIT,
    API_CALLS,
    API_SECONDS,
    QUEUE_DEPTH,
    QUEUE_AGE,
    QUEUE_ADDS,
    QUEUE_RETRIES,
    QUEUE_LATENCY,
    QUEUE_WORK,
    LEADER,
    WATCH_AGE,
    LIST_AGE,
    LOOP_LAG,
    MEMORY_LIMIT,
)

# What Prometheus' own client tells of the process, by the names that all programs use.
OF_THE_PROCESS = (
    Figure("process_resident_memory_bytes", Kind.GAUGE, "Resident memory of the operator."),
    Figure("process_virtual_memory_bytes", Kind.GAUGE, "Virtual memory of the operator."),
    Figure("process_cpu_seconds_total", Kind.COUNTER, "CPU time of the operator."),
    Figure("process_start_time_seconds", Kind.GAUGE, "When the operator started, in seconds since 1970."),
    Figure("process_open_fds", Kind.GAUGE, "Open file descriptors of the operator."),
    Figure("process_max_fds", Kind.GAUGE, "File descriptors that it may have."),
)
