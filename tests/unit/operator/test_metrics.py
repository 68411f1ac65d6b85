"""The figures as Prometheus reads them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kubeshot_operator.adapters.cgroup import read_memory_limit
from kubeshot_operator.api.api_call import ApiCall
from kubeshot_operator.api.crd import Phase
from kubeshot_operator.api.model import Timings
from kubeshot_operator.decide.ended import Ended, EndedAttempt, EndedRun
from kubeshot_operator.runtime.cache import Cache
from kubeshot_operator.runtime.figures import FIGURES, OF_THE_PROCESS, Kind
from kubeshot_operator.runtime.load import look_at_load
from kubeshot_operator.runtime.metrics import Load, Metrics
from kubeshot_operator.runtime.vitals import Vitals
from unit.operator.builders import after, make_request, make_running, make_state, make_status

VITALS = Vitals(list_age=12.0, queue_age=0.5, watching=True, loop_lag=0.25, watch_ages={"pods": 30.0})
LOAD = Load(leads=True, requests={"Queued": 3}, oldest_queued=9.0, pods=2, pods_limit=20, queue_depth=1)


def lines(metrics: Metrics, load: Load = LOAD) -> dict[str, float]:
    """Return each series with its value."""
    text = metrics.render(VITALS, load).decode()
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def busy() -> Metrics:
    """Return figures of an operator that has done one of everything."""
    metrics = Metrics(256 * 2**20)
    run = EndedRun("Succeeded", "Succeeded", Timings(queued=20, total=4000), 1000, 2)
    metrics.wrote(Ended((EndedAttempt("OutOfMemory", True, None), EndedAttempt("Succeeded", False, 0.75)), run))
    metrics.wrote(Ended((), EndedRun("Failed", "HTTPError")))
    metrics.called(ApiCall("create", "pods", "201", 0.02))
    metrics.added()
    metrics.taken(0.004)
    metrics.worked(0.02, again=True)
    metrics.worked(0.02, again=False)
    return metrics


@pytest.mark.parametrize(
    ("series", "value"),
    [
        ('kubeshot_captures_total{outcome="Succeeded",reason="Succeeded"}', 1),
        ('kubeshot_captures_total{outcome="Failed",reason="HTTPError"}', 1),
        ('kubeshot_attempts_total{reason="OutOfMemory"}', 1),
        ('kubeshot_attempts_total{reason="Succeeded"}', 1),
        ('kubeshot_retries_total{reason="OutOfMemory"}', 1),
        ("kubeshot_stored_bytes_total", 1000),
        ("kubeshot_stored_images_total", 2),
        ('kubeshot_phase_seconds_bucket{le="2.5",phase="total"}', 0),
        ('kubeshot_phase_seconds_bucket{le="5.0",phase="total"}', 1),
        ('kubeshot_phase_seconds_sum{phase="queued"}', 0.02),
        ('kubeshot_attempt_memory_ratio_bucket{le="0.8"}', 1),
        ('kubeshot_attempt_memory_ratio_bucket{le="0.7"}', 0),
        ('kubeshot_api_calls_total{code="201",resource="pods",verb="create"}', 1),
        ('kubeshot_api_call_seconds_count{verb="create"}', 1),
        ("kubeshot_workqueue_adds_total", 1),
        ("kubeshot_workqueue_retries_total", 1),
        ("kubeshot_workqueue_latency_seconds_count", 1),
        ("kubeshot_workqueue_work_seconds_count", 2),
        ("kubeshot_workqueue_depth", 1),
        ("kubeshot_workqueue_head_age_seconds", 0.5),
        ('kubeshot_requests{phase="Queued"}', 3),
        ("kubeshot_oldest_queued_seconds", 9),
        ("kubeshot_pods", 2),
        ("kubeshot_pods_limit", 20),
        ("kubeshot_leader", 1),
        ('kubeshot_watch_age_seconds{resource="pods"}', 30),
        ("kubeshot_list_age_seconds", 12),
        ("kubeshot_event_loop_lag_seconds", 0.25),
        ("kubeshot_memory_limit_bytes", 256 * 2**20),
    ],
)
def test_figure(series: str, value: float) -> None:
    assert lines(busy())[series] == value


def test_what_is_told_is_what_the_table_has() -> None:
    text = busy().render(VITALS, LOAD).decode()
    told = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    # What prometheus_client adds of itself: when each counter began.
    created = {name for name in told if name.endswith("_created")}
    assert {name: kind for name, kind in told.items() if name not in created} == {
        figure.name: str(figure.kind) for figure in (*FIGURES, *OF_THE_PROCESS)
    }


def test_counts_of_requests_that_are_gone_are_gone() -> None:
    metrics = busy()
    lines(metrics)
    later = Load(False, {"Succeeded": 3}, 0.0, 0, 20, 0)
    assert not [name for name in lines(metrics, later) if "Queued" in name]
    assert lines(metrics, later)["kubeshot_leader"] == 0


def test_load_is_what_is_in_the_cache() -> None:
    cache = Cache()
    waiting = make_status(Phase.QUEUED, queued_time=after(-60))
    cache.put_request(make_request(waiting, name="a", uid="a"))
    cache.put_request(make_request(make_status(Phase.QUEUED, queued_time=after(-90)), name="b", uid="b"))
    cache.put_request(make_request(make_status(Phase.CAPTURING, queued_time=after(-900)), name="c", uid="c"))
    cache.put_request(make_request(name="d", uid="d"))
    cache.put_pod(make_running())
    load = look_at_load(replace(make_state(), cache=cache), 5, True, after(0))
    assert {phase: count for phase, count in load.requests.items() if count} == {
        "Queued": 2,
        "Capturing": 1,
        "Pending": 1,
    }
    assert load.requests.keys() == {"Pending", *Phase}
    assert (load.oldest_queued, load.pods, load.pods_limit, load.queue_depth) == (90, 1, 5, 0)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("268435456\n", 268435456), ("max\n", None), (None, None)],
    ids=["a limit", "no limit", "no control group"],
)
def test_memory_limit(text: str | None, limit: int | None, tmp_path: Path) -> None:
    file = tmp_path / "memory.max"
    if text is not None:
        file.write_text(text)
    assert read_memory_limit(file) == limit


def test_every_kind_of_figure_is_there() -> None:
    assert {figure.kind for figure in FIGURES} == set(Kind)
