"""Traces arrive at a collector as they were sent, and cost nothing where nobody wants them."""

import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from architecture.modules import ROOTS
from e2e.kubectl import REPOSITORY
from kubeshot_operator.adapters.tracing import Tracer
from kubeshot_operator.decide.trace import Span
from unit.operator.builders import NOW, after

SPAN = Span(
    "run",
    NOW,
    after(3.25),
    {"kubeshot.run": 2, "server.address": "example.com"},
    "HTTPError",
    (Span("attempt", after(1), after(3), {}, None, (Span("Open", after(1), after(2), {}),)),),
)


class Collector:
    """Takes traces on a port of this machine."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.bodies: list[ExportTraceServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                is_packed = self.headers.get("Content-Encoding") == "gzip"
                collector.paths.append(self.path)
                collector.bodies.append(
                    ExportTraceServiceRequest.FromString(gzip.decompress(body) if is_packed else body)
                )
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that runs."""
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_trace_arrives(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    tracer = Tracer()
    tracer.send(SPAN)
    tracer.close(5)
    [body] = collector.bodies
    [of_resource] = body.resource_spans
    [of_scope] = of_resource.scope_spans
    spans = {span.name: span for span in of_scope.spans}
    run, attempt, stage = spans["run"], spans["attempt"], spans["Open"]
    assert collector.paths == ["/v1/traces"]
    assert {item.key: item.value.string_value for item in of_resource.resource.attributes}["service.name"] == (
        "kubeshot-operator"
    )
    assert len({span.trace_id for span in spans.values()}) == 1
    assert (run.parent_span_id, attempt.parent_span_id, stage.parent_span_id) == (b"", run.span_id, attempt.span_id)
    assert run.start_time_unix_nano == int(NOW.timestamp()) * 10**9
    assert run.end_time_unix_nano - run.start_time_unix_nano == 3_250_000_000
    assert (run.status.code, run.status.message, attempt.status.code) == (2, "HTTPError", 0)
    assert {item.key for item in run.attributes} == {"kubeshot.run", "server.address"}


def test_name_of_the_environment_counts(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{collector.address}/elsewhere")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "shots")
    tracer = Tracer()
    tracer.send(SPAN)
    tracer.close(5)
    attributes = collector.bodies[0].resource_spans[0].resource.attributes
    assert collector.paths == ["/elsewhere"]
    assert {item.key: item.value.string_value for item in attributes}["service.name"] == "shots"


def test_two_runs_are_two_traces(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
    tracer = Tracer()
    tracer.send(SPAN)
    tracer.send(SPAN)
    tracer.close(5)
    spans = [span for body in collector.bodies for span in body.resource_spans[0].scope_spans[0].spans]
    assert len({span.trace_id for span in spans}) == 2


def test_operator_without_traces_loads_nothing_of_them() -> None:
    program = (
        "import sys, kubeshot_operator.__main__; "
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run(
        (sys.executable, "-c", program),
        env={"PYTHONPATH": ":".join(str(REPOSITORY / root) for root in ROOTS)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"
