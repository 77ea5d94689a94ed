"""Reports and report types: listed, described, made, copied, changed, deleted.

Source: specs/reference/rest.md section 12, rest_resources.md section 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specforce_mockserver.calls import Answer, Call, empty
from specforce_mockserver.registry import provides
from specforce_mockserver.reports.columns import report_sobject
from specforce_mockserver.reports.definition import define
from specforce_mockserver.reports.describes import described, first_report, listed_types
from specforce_mockserver.reports.instances import ReportRuns
from specforce_mockserver.reports.library import unavailable
from specforce_mockserver.reports.runs import Caller, check

if TYPE_CHECKING:
    from specforce_mockserver.reports.definition import Definition

Json = Any


def caller_of(call: Call) -> Caller:
    """Who runs a report."""
    return Caller(call.user_id, call.api_version)


@provides("listReports", writes=True)
def list_reports(call: Call) -> Answer:
    """The reports that were looked at last."""
    base = caller_of(call).reports_path
    return Answer([_listed(each, base) for each in call.org.reports.viewed()])


def _listed(metadata: Json, base: str) -> Json:
    url = f"{base}/{metadata['id']}"
    return {
        "describeUrl": f"{url}/describe",
        "id": metadata["id"],
        "instancesUrl": f"{url}/instances",
        "name": metadata["name"],
        "url": url,
    }


@provides("createReport", writes=True)
def create_report(call: Call) -> Answer:
    """Save a new report."""
    metadata: Json = call.body["reportMetadata"]
    check(call.org, define(call.org.schema, metadata), caller_of(call))
    return _described(call, call.org.reports.add(metadata, owner_id=call.user_id))


@provides("cloneReport", writes=True)
def clone_report(call: Call) -> Answer:
    """Save a copy of a report."""
    changes: Json = call.body["reportMetadata"]
    source = call.org.reports.find(call.params["cloneId"])
    check(call.org, call.org.reports.define(source, changes), caller_of(call))
    return _described(call, call.org.reports.copy(source["id"], changes, owner_id=call.user_id))


@provides("describeReport", writes=True)
def describe_report(call: Call) -> Answer:
    """A report's metadata, and what its report type offers."""
    report_id: str = call.org.reports.find(call.params["report_id"])["id"]
    call.org.reports.view(report_id)
    return _described(call, report_id)


@provides("updateReport", writes=True)
def update_report(call: Call) -> Answer:
    """Save changes to a report; its background runs are gone."""
    changes: Json = call.body["reportMetadata"]
    saved = call.org.reports.find(call.params["report_id"])
    check(call.org, call.org.reports.define(saved, changes), caller_of(call))
    report_id = call.org.reports.change(saved["id"], changes)
    call.org.part(ReportRuns).forget(report_id)
    return _described(call, report_id)


@provides("deleteReport", writes=True)
def delete_report(call: Call) -> Answer:
    """Delete a report with its background runs."""
    call.org.part(ReportRuns).forget(call.org.reports.delete(call.params["report_id"]))
    return empty()


def _described(call: Call, report_id: str) -> Answer:
    definition: Definition = define(call.org.schema, call.org.reports.find(report_id))
    return Answer(described(call.org.schema, definition))


@provides("listReportTypes", served="static")
def list_report_types(call: Call) -> Answer:
    """The report types by category."""
    return Answer(listed_types(call.org.schema, call.data_path))


@provides("describeReportType", served="static")
def describe_report_type(call: Call) -> Answer:
    """What a report type offers, and a new report of it."""
    name: str = call.params["report_type"]
    sobject = report_sobject(call.org.schema, name)
    if sobject is None:
        raise unavailable()
    return Answer(described(call.org.schema, define(call.org.schema, first_report(call.org.schema, sobject, name))))
