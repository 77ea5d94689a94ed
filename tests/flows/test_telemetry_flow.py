"""What OpenTelemetry and hooks are told of requests, loads and failures, end to end."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from specforce import Hooks, OutcomeEvent, RequestEvent, TaskEvent, telemetry
from specforce.errors import NotFound, ServerUnavailable
from tests.flows.bulk_org import BulkOrg, accounts, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Watched:
    """Hooks of `telemetry.opentelemetry`, and what they reported."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self._metrics = InMemoryMetricReader()
        self.hooks = telemetry.opentelemetry(
            tracer_provider=tracers, meter_provider=MeterProvider(metric_readers=[self._metrics])
        )

    def spans(self, name: str) -> list[ReadableSpan]:
        """The spans of that name that ended."""
        return [span for span in self._spans.get_finished_spans() if span.name == name]

    def points(self, metric: str) -> list[Any]:
        """The data points of a metric."""
        data = self._metrics.get_metrics_data()
        assert data is not None
        found = [
            one.data.data_points
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for one in scope.metrics
            if one.name == metric
        ]
        return [point for points in found for point in points]


def span_id(span: ReadableSpan) -> int:
    """What its children name as their parent."""
    assert span.context is not None
    return int(span.context.span_id)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_request_is_a_span_of_its_operation(bulk: BulkOrg, watched: Watched) -> None:
    sf = bulk.connect(hooks=watched.hooks)

    bulk.half.run(sf.rest.get_limits())

    (span,) = watched.spans("getLimits")
    assert span.kind is SpanKind.CLIENT
    assert span.attributes is not None
    assert span.attributes["http.request.method"] == "GET"
    assert span.attributes["url.path"] == f"/services/data/v{sf.api_version}/limits"
    assert span.attributes["server.address"] == "127.0.0.1"
    assert span.attributes["http.response.status_code"] == 200
    (used,) = watched.points("salesforce.api_usage.used")
    assert used.value == sf.limits.used
    assert [point.attributes["salesforce.operation"] for point in watched.points("http.client.request.duration")] == [
        "requestToken",
        "getLimits",
    ]


def test_a_refused_request_is_a_span_in_error_without_the_servers_words(bulk: BulkOrg, watched: Watched) -> None:
    sf = bulk.connect(hooks=watched.hooks)

    with pytest.raises(NotFound):
        bulk.half.run(sf.sobject("Account").get("001000000000001AAA"))

    (span,) = watched.spans("getRecord")
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes is not None
    assert span.attributes["http.response.status_code"] == 404
    assert span.attributes["error.type"] == "404"


def test_each_attempt_is_a_span_and_retries_are_counted(bulk: BulkOrg, watched: Watched) -> None:
    bulk.org.faults.add("getLimits", times=1, status=503)
    sf = bulk.connect(hooks=watched.hooks)

    bulk.half.run(sf.rest.get_limits())

    first, second = watched.spans("getLimits")
    assert first.attributes is not None
    assert second.attributes is not None
    assert first.attributes["http.response.status_code"] == 503
    assert second.attributes["http.request.resend_count"] == 1
    (retries,) = watched.points("salesforce.retries")
    assert (retries.value, retries.attributes["error.type"]) == (1, "ServerUnavailable")


def test_the_requests_of_a_load_are_inside_its_span(bulk: BulkOrg, watched: Watched) -> None:
    bulk.load(bulk.connect(hooks=watched.hooks), table(accounts(7)), max_part_rows=2)

    (task,) = watched.spans("load Account")
    assert task.attributes is not None
    assert task.attributes["salesforce.rows.created"] == 7
    assert task.attributes["salesforce.jobs"] == 4
    for name in ("createIngestJob", "uploadIngestJobData", "getIngestSuccessfulResults"):
        spans = watched.spans(name)
        assert len(spans) == 4
        assert {span.parent.span_id if span.parent else None for span in spans} == {span_id(task)}
    (rows,) = watched.points("salesforce.task.rows")
    assert rows.value == 7
    assert rows.attributes["salesforce.outcome"] == "created"


def test_the_requests_of_an_export_to_a_file_are_inside_its_span(
    bulk: BulkOrg, watched: Watched, tmp_path: Path
) -> None:
    bulk.org.seed({"Account": accounts(7)})

    bulk.to_csv(bulk.connect(hooks=watched.hooks).bulk.export("SELECT Name FROM Account"), tmp_path / "a.csv")

    (task,) = watched.spans("export")
    assert task.attributes is not None
    assert task.attributes["salesforce.rows.exported"] == 7
    for name in ("createQueryJob", "getQueryJobResults"):
        assert {span.parent.span_id if span.parent else None for span in watched.spans(name)} == {span_id(task)}
    (rows,) = watched.points("salesforce.task.rows")
    assert (rows.value, rows.attributes["salesforce.outcome"]) == (7, "exported")


def test_an_export_that_is_read_row_by_row_is_counted_as_far_as_it_was_read(bulk: BulkOrg) -> None:
    told: list[OutcomeEvent] = []

    surrounded: set[type] = set()

    def around(event: RequestEvent | TaskEvent) -> nullcontext[None]:
        surrounded.add(type(event))
        return nullcontext()

    bulk.org.seed({"Account": accounts(7)})
    sf = bulk.connect(hooks=Hooks(outcome=told.append, around=around))

    assert len(bulk.half.items(sf.bulk.export(sobject="Account", fields=["Name"]).rows())) == 7

    assert surrounded == {RequestEvent}, "nothing can surround what is done between the caller's own work"
    (event,) = told
    assert event.task == TaskEvent("export", "Account", "query")
    assert (event.error, dict(event.rows), event.jobs) == ("", {"exported": 7}, 1)


def test_a_load_that_fails_says_so_with_the_rows_it_had(bulk: BulkOrg) -> None:
    told: list[OutcomeEvent] = []
    bulk.org.faults.add("createIngestJob", times=None, status=503)

    with pytest.raises(ServerUnavailable):
        bulk.load(bulk.connect(hooks=Hooks(outcome=told.append)), table(accounts(3)))

    (event,) = told
    assert event.task == TaskEvent("load", "Account", "insert")
    assert event.error == "ServerUnavailable"
    assert dict(event.rows) == {"unprocessed": 3}


def test_what_surrounds_a_request_may_fail_without_harm(bulk: BulkOrg, caplog: pytest.LogCaptureFixture) -> None:
    @contextmanager
    def unsound(event: RequestEvent | TaskEvent) -> Iterator[None]:
        yield
        raise RuntimeError("spans are out")

    def refuses(event: RequestEvent | TaskEvent) -> Any:
        raise RuntimeError("no spans today")

    for around in (unsound, refuses):
        sf = bulk.connect(hooks=Hooks(around=around))
        assert bulk.half.run(sf.rest.get_limits())

    assert caplog.text.count("a hook failed on RequestEvent") == 4


def test_what_surrounds_a_request_cannot_suppress_its_error(bulk: BulkOrg) -> None:
    class Greedy:
        def __enter__(self) -> None: ...

        def __exit__(self, *_: object) -> bool:
            return True

    sf = bulk.connect(hooks=Hooks(around=lambda _: Greedy()))

    with pytest.raises(NotFound):
        bulk.half.run(sf.sobject("Account").get("001000000000001AAA"))


def test_own_hooks_go_beside(bulk: BulkOrg, watched: Watched) -> None:
    told: list[RequestEvent] = []
    sf = bulk.connect(hooks=replace(watched.hooks, request=told.append))

    bulk.half.run(sf.rest.get_limits())

    assert [event.operation_id for event in told] == ["requestToken", "getLimits"]
    assert told[-1].host == bulk.org.url.removeprefix("http://")
    assert len(watched.spans("getLimits")) == 1
