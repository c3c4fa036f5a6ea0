"""Traces for whoever collects them: a span for each request, job and statement, sent by OTLP over HTTP.

Loaded only where an OTEL_ variable asks for it; the SDK reads all the others by itself. A span holds routes, numbers and
statements without values: what a log line may hold, and no more.
"""

import threading
import time
from collections.abc import Mapping

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from palier.foundation import watch
from palier.foundation.watch import Kind, Work

_PARTING = 3.0
"""Seconds in which the last spans may leave."""

_PROPAGATOR = TraceContextTextMapPropagator()


def begin(name: str, process: str) -> "Tracing":
    """Trace what this process ("web", "worker") does from now on, filed under `name`."""
    tracing = Tracing(name, process)
    watch.watchers.append(tracing)
    return tracing


class Tracing(watch.Watcher):
    """Turns what it is told into spans."""

    def __init__(self, name: str, process: str) -> None:
        resource = Resource.create({"service.name": name, "palier.process": process})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("palier")

    def begins(self, work: Work) -> None:
        kind = SpanKind.SERVER if work.kind is Kind.REQUEST else SpanKind.CONSUMER
        work.span = self._tracer.start_span(work.name or "request", context=_before(work), kind=kind)
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, set_span_in_context(work.span))
        work.trace = carrier.get("traceparent", "")

    def ends(self, work: Work, outcome: str, seconds: float) -> None:
        span: Span | None = work.span
        if span is None:
            return
        span.set_attribute("palier.request", work.number)
        span.set_attribute("palier.statements", work.statements)
        for name, value in _facts(work, outcome).items():
            span.set_attribute(name, value)
        if work.kind is Kind.REQUEST:
            span.update_name(f"{work.method} {work.route}" if not work.discreet else "request")
        if outcome == "failed" or outcome.startswith("5"):
            span.set_status(StatusCode.ERROR)
        span.end()

    def statement(self, work: Work | None, sql: str, seconds: float) -> None:
        if work is None or work.span is None or not work.span.is_recording():
            return
        text, end = watch.without_values(sql), time.time_ns()
        span = self._tracer.start_span(
            text.partition(" ")[0].rstrip(";").upper() or "SQL", context=set_span_in_context(work.span), kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": text}, start_time=end - int(seconds * 1e9),
        )  # fmt: skip
        span.end(end)

    def close(self) -> None:
        """Send what is left, and stop; a receiver that is away holds nobody up."""
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(_PARTING)


def _before(work: Work) -> Context:
    """The trace this belongs to: told by the proxy in front, or by the request that asked for the job."""
    given = work.trace
    if work.kind is Kind.REQUEST:
        headers = work.scope.get("headers", ())
        given = next((value.decode("latin-1") for name, value in headers if name == b"traceparent"), "")
    return _PROPAGATOR.extract({"traceparent": given} if given else {}, Context())


def _facts(work: Work, outcome: str) -> Mapping[str, str | int]:
    if work.kind is Kind.JOB:
        return {
            "messaging.system": "procrastinate",
            "messaging.destination.name": work.name,
            "palier.outcome": outcome,
        }
    if work.discreet:
        return {"http.response.status_code": _status(outcome)}
    known = {"palier.organisation": work.organisation} if work.organisation else {}
    return known | {
        "http.request.method": work.method, "http.route": work.route, "http.response.status_code": _status(outcome),
    }  # fmt: skip


def _status(outcome: str) -> int:
    return int(outcome) if outcome.isdecimal() else 500
