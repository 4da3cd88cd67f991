"""Tells an OpenTelemetry collector what takes how long: requests, their statements, deliveries. No words, names, phones, addresses.

This module alone knows OpenTelemetry, and is loaded only where HOTLINE_TRACES names a collector.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING, Final

import requests
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from models import spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.context import Context
    from opentelemetry.trace import Span

W3C: Final = TraceContextTextMapPropagator()
TRACEPARENT: Final = "traceparent"
STATUS: Final = "http.response.status_code"
# A collector that does not answer holds up nothing but the spans, which are dropped.
TAKES_WITHIN_S: Final = 3.0
OTHERS_FAULT: Final = 500


class Tracer:
    """The spans of one process, sent in batches by a thread of its own."""

    def __init__(self, collector: str, share: float, part: str) -> None:
        session = requests.Session()
        # The environment's proxies are not for what lies within the house.
        session.trust_env = False
        exporter = OTLPSpanExporter(f"{collector}/v1/traces", timeout=TAKES_WITHIN_S, session=session)
        named = Resource({"service.name": "hotline-hub", "service.instance.id": f"{part}-{os.getpid()}"})
        self._provider = TracerProvider(ParentBased(TraceIdRatioBased(share)), named, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("hotline")
        spans.tell(self)

    @contextlib.contextmanager
    def request(self, method: str, route: str) -> Iterator[Answered]:
        """Keep a request, by its address in the table. Every trace begins here: strangers do not say what is kept."""
        told = {"http.request.method": method, "http.route": route}
        with self._span(f"{method} {route}", SpanKind.SERVER, told) as span:
            yield Answered(span)

    @contextlib.contextmanager
    def delivery(self, since: str | None, ticket: str, department: str) -> Iterator[Answered]:
        """Keep one try to deliver a webhook, in the trace of the request that queued it, where that is known."""
        context = W3C.extract({TRACEPARENT: since}) if since else None
        told = {"hotline.ticket": ticket, "hotline.department": department}
        with self._span("deliver webhook", SpanKind.CLIENT, told, context) as span:
            yield Answered(span)

    @contextlib.contextmanager
    def statement(self, name: str) -> Iterator[None]:
        """Keep a statement of what is under way; by itself, as the workers look for work all day, it is nothing."""
        if not trace.get_current_span().is_recording():
            yield
            return
        with self._span(name, SpanKind.CLIENT, {"db.system.name": "postgresql"}):
            yield

    def traceparent(self) -> str | None:
        """Return how others name what is under way, None where nothing is kept of it."""
        return _traceparent() if trace.get_current_span().is_recording() else None

    def close(self) -> None:
        """Send what is left, for as long as a collector may take."""
        spans.tell(None)
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        ending.join(TAKES_WITHIN_S)

    @contextlib.contextmanager
    def _span(self, name: str, kind: SpanKind, told: dict[str, str], context: Context | None = None) -> Iterator[Span]:
        """Keep a span. Of an exception its class alone: its words may hold a row's values."""
        with self._tracer.start_as_current_span(
            name, context, kind, told, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise


class Answered:
    """What is under way until it is answered."""

    def __init__(self, span: Span) -> None:
        self._span = span

    @property
    def headers(self) -> dict[str, str]:
        """Under which name others may go on with the trace."""
        found = _traceparent()
        return {} if found is None else {TRACEPARENT: found}

    def by(self, status: int) -> None:
        """Keep by which status it was answered."""
        self._span.set_attribute(STATUS, status)
        if status >= OTHERS_FAULT:
            self._span.set_status(StatusCode.ERROR)


def _traceparent() -> str | None:
    """Return how others name what is under way, None where OpenTelemetry is switched off by its own settings."""
    carrier: dict[str, str] = {}
    W3C.inject(carrier)
    return carrier.get(TRACEPARENT)
