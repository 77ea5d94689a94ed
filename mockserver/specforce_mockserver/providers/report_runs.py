"""Reports that are run: at once, with other filters than saved, without being saved, in the background.

Source: specs/reference/rest.md section 12, rest_resources.md section 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, Call, empty
from specforce_mockserver.providers.reports import caller_of
from specforce_mockserver.registry import provides
from specforce_mockserver.reports.definition import define
from specforce_mockserver.reports.instances import ReportRuns
from specforce_mockserver.reports.quotas import count
from specforce_mockserver.reports.runs import attributes, check, run

if TYPE_CHECKING:
    from specforce_mockserver.reports.definition import Definition

Json = Any


@provides("runReport", blocking=True)
def run_report(call: Call) -> Answer:
    """Run a saved report."""
    return _run(call, call.org.reports.define(_saved(call)))


@provides("runReportWithFilters", blocking=True)
def run_report_with_filters(call: Call) -> Answer:
    """Run a saved report with what differs this once."""
    return _run(call, call.org.reports.define(_saved(call), call.body["reportMetadata"]))


@provides("queryReport", blocking=True)
def query_report(call: Call) -> Answer:
    """Run a report that isn't saved."""
    return _run(call, define(call.org.schema, {**call.body["reportMetadata"], "id": None, "developerName": None}))


@provides("runReportAsync", writes=True)
def run_report_async(call: Call) -> Answer:
    """Start a run in the background."""
    changes: Json = call.body.get("reportMetadata")
    definition = call.org.reports.define(_saved(call), changes)
    check(call.org, definition, caller_of(call))
    count(call.org, "HourlyAsyncReportRuns")
    started = call.org.part(ReportRuns).start(definition, caller_of(call), details=_details(call, definition))
    return Answer(started.listed(caller_of(call).reports_path))


@provides("listReportInstances", blocking=True)
def list_report_instances(call: Call) -> Answer:
    """The background runs of a report."""
    report_id: str = call.org.reports.find(call.params["report_id"])["id"]
    runs = call.org.part(ReportRuns).look_at_all(report_id)
    return Answer([each.listed(caller_of(call).reports_path) for each in runs])


@provides("getReportInstance", blocking=True)
def get_report_instance(call: Call) -> Answer:
    """A background run, with its result once it has one."""
    report_id: str = call.org.reports.find(call.params["report_id"])["id"]
    return Answer(call.org.part(ReportRuns).look(report_id, call.params["instance_id"]).shown())


@provides("deleteReportInstance")
def delete_report_instance(call: Call) -> Answer:
    """Delete a background run that is over."""
    report_id: str = call.org.reports.find(call.params["report_id"])["id"]
    call.org.part(ReportRuns).delete(report_id, call.params["instance_id"])
    return empty()


def _saved(call: Call) -> Json:
    metadata = call.org.reports.find(call.params["report_id"])
    call.org.reports.view(metadata["id"])
    return metadata


def _details(call: Call, definition: Definition) -> bool:
    """Whether detail rows are wanted: not unless asked for, nor where the report itself hides them."""
    return bool(call.params.get("includeDetails")) and bool(definition.metadata["hasDetailRows"])


def _run(call: Call, definition: Definition) -> Answer:
    check(call.org, definition, caller_of(call))
    count(call.org, "HourlySyncReportRuns")
    result = run(call.org, definition, caller_of(call), details=_details(call, definition))
    return Answer({"attributes": attributes(definition.metadata, caller_of(call)), **result})
