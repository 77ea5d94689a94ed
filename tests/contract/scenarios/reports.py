"""Scenarios of reports and of their runs."""

from __future__ import annotations

from typing import Any

from tests.contract.stage import Scene, Stage, scenario

Json = Any
BY_INDUSTRY = {"name": "Industry", "sortOrder": "Asc", "dateGranularity": None, "sortAggregate": None}
SUMMARY: Json = {
    "name": "Revenue by industry",
    "reportFormat": "SUMMARY",
    "reportType": {"type": "Account"},
    "detailColumns": ["Name", "AnnualRevenue"],
    "groupingsDown": [BY_INDUSTRY],
    "aggregates": ["s!AnnualRevenue", "RowCount"],
}
BIG = {"column": "AnnualRevenue", "operator": "greaterThan", "value": "100"}


def summary(stage: Stage) -> str:
    """A summary report, and two accounts of an industry, a big one and a small one; the report's id."""
    for name, revenue in (("Acme", 1000), ("Zephyr", 10)):
        stage.create("Account", Name=name, Industry="Banking", AnnualRevenue=revenue)
    made = stage.request("POST", "/analytics/reports", json={"reportMetadata": SUMMARY}).json()
    report_id: str = made["reportMetadata"]["id"]
    return report_id


def finished_run(stage: Stage, report_id: str) -> str:
    """A background run that is over; its id."""
    path = f"/analytics/reports/{report_id}/instances"
    run_id: str = stage.request("POST", path, params={"includeDetails": "true"}, json={}).json()["id"]
    for _ in range(5):
        if stage.request("GET", f"{path}/{run_id}").json()["attributes"]["status"] == "Success":
            return run_id
    raise AssertionError(f"{path}/{run_id} never succeeded")


def _total(value: float, count: int) -> Json:
    return {"aggregates": [{"value": value}, {"value": count, "label": str(count)}]}


@scenario("listReports")
def list_reports(stage: Stage) -> Scene:
    report_id = summary(stage)
    return Scene({}, lambda listed: (listed[0]["id"], listed[0]["name"]) == (report_id, SUMMARY["name"]))


@scenario("createReport")
def create_report(_: Stage) -> Scene:
    made = {"name": SUMMARY["name"], "developerName": "Revenue_by_industry", "id": lambda it: it.startswith("00O")}
    return Scene({}, {"reportMetadata": made}, body={"reportMetadata": SUMMARY})


@scenario("cloneReport")
def clone_report(stage: Stage) -> Scene:
    report_id = summary(stage)
    made = {"name": "A copy", "developerName": "A_copy", "id": lambda it: it != report_id}
    return Scene({"cloneId": report_id}, {"reportMetadata": made}, body={"reportMetadata": {"name": "A copy"}})


@scenario("describeReport")
def describe_report(stage: Stage) -> Scene:
    columns = {"Name": {"dataType": "string", "label": "Account Name"}}
    return Scene(
        {"report_id": summary(stage)},
        {"reportMetadata": {"reportFormat": "SUMMARY"}, "reportExtendedMetadata": {"detailColumnInfo": columns}},
    )


@scenario("listReportTypes")
def list_report_types(_: Stage) -> Scene:
    return Scene({}, lambda found: "Account" in {each["type"] for each in found[0]["reportTypes"]})


@scenario("describeReportType")
def describe_report_type(_: Stage) -> Scene:
    return Scene({"report_type": "Account"}, {"reportMetadata": {"reportType": {"label": "Accounts"}}})


@scenario("runReport")
def run_report(stage: Stage) -> Scene:
    arguments = {"report_id": summary(stage), "includeDetails": True}
    return Scene(arguments, {"allData": True, "factMap": {"T!T": _total(1010, 2), "0!T": _total(1010, 2)}})


@scenario("runReportWithFilters")
def run_report_with_filters(stage: Stage) -> Scene:
    arguments = {"report_id": summary(stage)}
    return Scene(arguments, {"factMap": {"T!T": _total(1000, 1)}}, body={"reportMetadata": {"reportFilters": [BIG]}})


@scenario("queryReport")
def query_report(stage: Stage) -> Scene:
    summary(stage)
    asked = {"reportMetadata": {**SUMMARY, "reportFilters": [BIG]}}
    return Scene({}, {"attributes": {"reportId": None}, "factMap": {"T!T": _total(1000, 1)}}, body=asked)


@scenario("updateReport")
def update_report(stage: Stage) -> Scene:
    arguments = {"report_id": summary(stage)}
    return Scene(arguments, {"reportMetadata": {"name": "Other"}}, body={"reportMetadata": {"name": "Other"}})


@scenario("deleteReport")
def delete_report(stage: Stage) -> Scene:
    return Scene({"report_id": summary(stage)}, lambda value: value is None, status=204)


@scenario("runReportAsync")
def run_report_async(stage: Stage) -> Scene:
    started = {"status": "New", "completionDate": None, "id": lambda it: it.startswith("0LG")}
    return Scene({"report_id": summary(stage), "includeDetails": False}, started, body={})


@scenario("listReportInstances")
def list_report_instances(stage: Stage) -> Scene:
    report_id = summary(stage)
    run_id = finished_run(stage, report_id)
    return Scene(
        {"report_id": report_id}, lambda runs: [(it["id"], it["status"]) for it in runs] == [(run_id, "Success")]
    )


@scenario("getReportInstance")
def get_report_instance(stage: Stage) -> Scene:
    report_id = summary(stage)
    arguments = {"report_id": report_id, "instance_id": finished_run(stage, report_id)}
    return Scene(arguments, {"attributes": {"status": "Success"}, "factMap": {"T!T": _total(1010, 2)}})


@scenario("deleteReportInstance")
def delete_report_instance(stage: Stage) -> Scene:
    report_id = summary(stage)
    arguments = {"report_id": report_id, "instance_id": finished_run(stage, report_id)}
    return Scene(arguments, lambda value: value is None, status=204)
