"""Traces to a collector, by OTLP over HTTP. Importing this takes a second and 16 MB: only whoever wants traces does.

Where to, with which headers and certificates, how many and under which name, is read by the library from the standard
variables (OTEL_EXPORTER_OTLP_*, OTEL_TRACES_SAMPLER, OTEL_BSP_*, OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME).
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, set_span_in_context

_NAME = "kubeshot-operator"
# What a resource is called that nobody gave a name.
_UNNAMED = "unknown_service"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Span(Protocol):
    """What a trace is made of; see `decide.trace.Span`."""

    @property
    def name(self) -> str: ...
    @property
    def begin(self) -> datetime: ...
    @property
    def end(self) -> datetime: ...
    @property
    def facts(self) -> dict[str, str | int]: ...
    @property
    def problem(self) -> str | None: ...
    @property
    def parts(self) -> tuple["Span", ...]: ...


class Tracer:
    """Sends spans in batches, from a thread of its own; those that a collector does not take are dropped."""

    def __init__(self) -> None:
        # At the interpreter's end it would wait for a collector that does not answer.
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(_NAME)

    def send(self, span: Span, parent: Context | None = None) -> None:
        """Have a span sent with all its parts. Never blocks."""
        # An empty context: nothing that is under way is its parent.
        context = Context() if parent is None else parent
        begun = self._tracer.start_span(span.name, context, attributes=span.facts, start_time=_nanoseconds(span.begin))
        if span.problem is not None:
            begun.set_status(Status(StatusCode.ERROR, span.problem))
        for part in span.parts:
            self.send(part, set_span_in_context(begun, context))
        begun.end(_nanoseconds(span.end))

    def close(self, seconds: float) -> None:
        """Send what is left, in so many seconds. Blocks."""
        self._provider.force_flush(round(seconds * 1000))


def _resource() -> Resource:
    named = Resource.create()
    is_named = not str(named.attributes.get(SERVICE_NAME, _UNNAMED)).startswith(_UNNAMED)
    return named if is_named else named.merge(Resource({SERVICE_NAME: _NAME}))


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND * 1000
