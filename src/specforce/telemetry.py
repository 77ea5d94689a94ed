"""Spans and metrics of OpenTelemetry, as hooks. Needs `opentelemetry-api`: specforce[otel].

    from specforce import Salesforce, telemetry

    sf = Salesforce(auth, hooks=telemetry.opentelemetry())

Names follow OpenTelemetry's semantic conventions for HTTP clients; what is Salesforce's own begins with `salesforce.`.
Nothing carries a header, a body, a query string or a secret. To have hooks of one's own besides:
`dataclasses.replace(telemetry.opentelemetry(), login=print)`.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from specforce._extras import missing
from specforce._hooks import Hooks, LoginEvent, OutcomeEvent, RequestEvent, ResponseEvent, RetryEvent, TaskEvent

try:
    from opentelemetry import metrics, trace
    from opentelemetry.trace import SpanKind, Status, StatusCode
except ModuleNotFoundError as error:
    raise missing("telemetry", error.name, "otel") from error

if TYPE_CHECKING:
    from collections.abc import Generator

    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider
    from opentelemetry.util.types import Attributes

__all__ = ["opentelemetry"]

_SCOPE: Final = "specforce"
_TASK: ContextVar[Span | None] = ContextVar("specforce.telemetry.task", default=None)


def opentelemetry(
    *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
) -> Hooks:
    """Hooks that report to OpenTelemetry; give them to any number of clients.

    A span for every attempt of a request, named for its operation (`getLimits`), inside one for a whole load
    (`load Account`) or an export to CSV where it is part of one; other exports are worked on between the caller's own
    work, and only counted. Metrics: `http.client.request.duration` (s),
    `salesforce.login.duration` (s), `salesforce.task.duration` (s), `salesforce.task.rows` by outcome,
    `salesforce.retries`, `salesforce.api_usage.used` and `salesforce.api_usage.allowed`. The span of a streamed answer
    ends with its headers.

    Args:
        tracer_provider: where spans go; by default the program's own.
        meter_provider: where metrics go; likewise.
    """
    reporter = _Reporter(tracer_provider, meter_provider)
    return Hooks(
        around=reporter.around,
        response=reporter.response,
        retry=reporter.retry,
        login=reporter.login,
        outcome=reporter.outcome,
    )


class _Reporter:
    """Makes spans, and what it is told inside of one becomes its attributes."""

    def __init__(self, tracer_provider: TracerProvider | None, meter_provider: MeterProvider | None) -> None:
        self._tracer = trace.get_tracer(_SCOPE, tracer_provider=tracer_provider)
        meter = metrics.get_meter(_SCOPE, meter_provider=meter_provider)
        self._requests = meter.create_histogram("http.client.request.duration", "s", "One attempt of a request.")
        self._logins = meter.create_histogram("salesforce.login.duration", "s", "One login.")
        self._tasks = meter.create_histogram("salesforce.task.duration", "s", "A whole load or export.")
        self._rows = meter.create_counter("salesforce.task.rows", "{row}", "Rows of loads and exports, by outcome.")
        self._retries = meter.create_counter("salesforce.retries", "{retry}", "Requests that were sent again.")
        self._used = meter.create_gauge("salesforce.api_usage.used", "{request}", "Requests of the last 24 hours.")
        self._allowed = meter.create_gauge("salesforce.api_usage.allowed", "{request}", "The quota of 24 hours.")

    @contextmanager
    def around(self, event: RequestEvent | TaskEvent) -> Generator[None]:
        if isinstance(event, RequestEvent):
            name, kind, attributes = event.operation_id, SpanKind.CLIENT, _of_request(event)
        else:
            name, kind, attributes = f"{event.task} {event.sobject}".strip(), SpanKind.INTERNAL, _of_task(event)
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            task = None if isinstance(event, RequestEvent) else _TASK.set(span)
            try:
                yield
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                if task is not None:
                    _TASK.reset(task)

    def response(self, event: ResponseEvent) -> None:
        span = trace.get_current_span()
        span.set_attribute("http.response.status_code", event.status)
        if event.request_id:
            span.set_attribute("salesforce.request_id", event.request_id)
        if event.status >= 400:
            span.set_attribute("error.type", str(event.status))
            span.set_status(Status(StatusCode.ERROR))
        kind: Attributes = {"salesforce.operation": event.operation_id, "http.response.status_code": event.status}
        self._requests.record(event.elapsed_s, kind)
        if event.api_usage is not None:
            self._used.set(event.api_usage.used)
            self._allowed.set(event.api_usage.allowed)

    def retry(self, event: RetryEvent) -> None:
        kind = {"salesforce.operation": event.operation_id, "error.type": event.reason}
        trace.get_current_span().add_event("retry", {**kind, "salesforce.retry.delay": event.delay_s})
        self._retries.add(1, kind)

    def login(self, event: LoginEvent) -> None:
        kind = {"salesforce.login.flow": event.flow, "server.address": event.host}
        if event.error:
            kind["error.type"] = event.error
        trace.get_current_span().add_event("login", {**kind, "salesforce.login.renewed": event.renewed})
        self._logins.record(event.elapsed_s, kind)

    def outcome(self, event: OutcomeEvent) -> None:
        span = _TASK.get()
        kind = _of_task(event.task)
        if span is not None:
            span.set_attribute("salesforce.jobs", event.jobs)
            for outcome, rows in event.rows.items():
                span.set_attribute(f"salesforce.rows.{outcome}", rows)
        for outcome, rows in event.rows.items():
            self._rows.add(rows, {**kind, "salesforce.outcome": outcome})
        self._tasks.record(event.elapsed_s, {**kind, "error.type": event.error} if event.error else kind)


def _of_request(event: RequestEvent) -> Attributes:
    host, colon, port = event.host.rpartition(":")
    attributes: dict[str, str | int] = {
        "http.request.method": event.method,
        "server.address": host if colon and port.isdigit() else event.host,
        "url.path": event.path,
        "salesforce.operation": event.operation_id,
    }
    if colon and port.isdigit():
        attributes["server.port"] = int(port)
    if event.attempt > 1:
        attributes["http.request.resend_count"] = event.attempt - 1
    return attributes


def _of_task(event: TaskEvent) -> dict[str, str]:
    kind = {"salesforce.task": event.task, "salesforce.operation": event.operation}
    return {**kind, "salesforce.sobject": event.sobject} if event.sobject else kind
